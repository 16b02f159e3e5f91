// A map from strings to numbers: entries in order of insertion, and an open-addressed table
// of indices into them. Both grow by base_grow, so a growing map leaves nothing behind.
#include "base/str.h"
#include "base/vec.h"

typedef struct Entry {
    Str key;
    uint32_t hash;
    uint32_t value;
} Entry;

struct StrMap {
    Arena *arena;
    VEC(Entry) entries;
    uint32_t *slots;  // index of an entry + 1, or 0; linear probing
    uint32_t n_slots; // a power of two, or 0
};

enum { FIRST_SLOTS = 16 };

uint64_t base_hash(const void *bytes, size_t n, uint64_t seed) {
    const uint64_t multiplier = 0x9E3779B97F4A7C15; // 2^64 / golden ratio
    uint64_t hash = seed ^ (n * multiplier);
    const char *at = bytes;
    while (n > 0) {
        uint64_t word = 0;
        const size_t step = n < sizeof word ? n : sizeof word;
        memcpy(&word, at, step);
        at += step;
        n -= step;
        hash = (hash ^ word) * multiplier;
        hash ^= hash >> 32;
    }
    // The finalizer of MurmurHash3: every bit of the input reaches every bit of the hash.
    hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCD;
    hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53;
    return hash ^ hash >> 33;
}

StrMap *base_map_new(Arena *arena) {
    StrMap *map = NEW(arena, StrMap);
    if (map) map->arena = arena;
    return map;
}

// The slot of the key, or the free one where it would go. n_slots > 0.
static uint32_t *find_slot(const StrMap *map, Str key, uint32_t hash) {
    for (uint32_t i = hash;; i++) {
        uint32_t *slot = &map->slots[i & (map->n_slots - 1)];
        if (*slot == 0) return slot;
        const Entry *entry = &map->entries.at[*slot - 1];
        if (entry->hash == hash && base_str_eq(entry->key, key)) return slot;
    }
}

bool base_map_get(const StrMap *map, Str key, uint32_t *value) {
    if (map->n_slots == 0) return false;
    const uint32_t slot = *find_slot(map, key, (uint32_t)base_hash(key.at, key.n, 0));
    if (slot) *value = map->entries.at[slot - 1].value;
    return slot != 0;
}

// Doubles the table and fills it anew.
static Status grow(StrMap *map) {
    if (map->n_slots > UINT32_MAX / 2) return NOMEM;
    const size_t n = map->n_slots ? (size_t)map->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots =
        base_grow(map->arena, map->slots, map->n_slots * sizeof *slots, n * sizeof *slots);
    TRY_ALLOC(slots);
    memset(slots, 0, n * sizeof *slots);
    map->slots = slots;
    map->n_slots = (uint32_t)n;
    for (uint32_t i = 0; i < map->entries.n; i++) {
        uint32_t at = map->entries.at[i].hash;
        while (slots[at & (n - 1)])
            at++;
        slots[at & (n - 1)] = i + 1;
    }
    return OK;
}

Status base_map_set(StrMap *map, Str key, uint32_t value) {
    // At most three quarters full, so a probe meets a free slot soon.
    if (map->entries.n >= map->n_slots / 4 * 3) TRY(grow(map));
    const uint32_t hash = (uint32_t)base_hash(key.at, key.n, 0);
    uint32_t *slot = find_slot(map, key, hash);
    if (*slot) {
        map->entries.at[*slot - 1].value = value;
        return OK;
    }
    const Entry entry = {key, hash, value};
    if (!VEC_PUSH(map->arena, &map->entries, entry)) return NOMEM;
    *slot = map->entries.n;
    return OK;
}
