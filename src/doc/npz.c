// NumPy's .npz: a zip file of .npy files. The central directory alone is believed; of a
// member's own header only its length is of interest.
#include "doc/data.h"

#define ZLIB_CONST // it does not write to its input
#include <zlib.h>

typedef struct Member {
    Str name; // without .npy
    unsigned flags, method;
    uint32_t crc, packed, size, header; // header: where it begins in the file
} Member;

typedef struct Zip {
    Arena *arena;
    DocFault *fault;
    Str bytes;
    VEC(Member) members;
    VEC(Str) names;
} Zip;

static uint32_t number(Str bytes, size_t at, unsigned width) {
    uint32_t value = 0;
    for (unsigned i = width; i-- > 0;)
        value = value << 8 | (unsigned char)bytes.at[at + i];
    return value;
}

static Status broken(Zip *zip, const char *why) {
    return doc_fault(zip->fault, CODE_E803, "numpy.savez writes such files",
                     "it is not a zip file as .npz files are: %s", why);
}

static bool holds(Str bytes, size_t at, size_t n) {
    return at <= bytes.n && n <= bytes.n - at;
}

// -- the directory ------------------------------------------------------------------

// The record that ends the file, behind which only a comment stands.
static bool find_end(Str bytes, size_t *end) {
    enum { END = 22, COMMENT = 65535 };
    for (size_t back = END; back <= bytes.n && back <= END + COMMENT; back++) {
        const size_t at = bytes.n - back;
        if (memcmp(bytes.at + at, "PK\5\6", 4) != 0 ||
            number(bytes, at + 20, 2) != back - END)
            continue;
        *end = at;
        return true;
    }
    return false;
}

static bool is_npy(Str name) {
    return name.n > 4 && memcmp(name.at + name.n - 4, ".npy", 4) == 0;
}

static Status read_member(Zip *zip, size_t *at) {
    enum { ENTRY = 46 };
    const Str b = zip->bytes;
    if (!holds(b, *at, ENTRY) || memcmp(b.at + *at, "PK\1\2", 4) != 0)
        return broken(zip, "its directory is damaged");
    const size_t name = number(b, *at + 28, 2), extra = number(b, *at + 30, 2),
                 comment = number(b, *at + 32, 2);
    if (!holds(b, *at + ENTRY, name + extra + comment))
        return broken(zip, "its directory is damaged");
    Member member = {.name = {b.at + *at + ENTRY, name},
                     .flags = number(b, *at + 8, 2),
                     .method = number(b, *at + 10, 2),
                     .crc = number(b, *at + 16, 4),
                     .packed = number(b, *at + 20, 4),
                     .size = number(b, *at + 24, 4),
                     .header = number(b, *at + 42, 4)};
    *at += ENTRY + name + extra + comment;
    if (!is_npy(member.name)) return OK;
    member.name.n -= 4;
    if (!VEC_PUSH(zip->arena, &zip->members, member)) return NOMEM;
    return VEC_PUSH(zip->arena, &zip->names, member.name) ? OK : NOMEM;
}

static Status too_large(Zip *zip) {
    return doc_fault(zip->fault, CODE_E803, "save the array by itself, in a .npy file",
                     "it is a zip64 file, of more than 4 GiB or 65534 members");
}

static Status read_directory(Zip *zip) {
    size_t end;
    if (!find_end(zip->bytes, &end)) return broken(zip, "its end is missing");
    const uint32_t n = number(zip->bytes, end + 10, 2);
    size_t at = number(zip->bytes, end + 16, 4);
    if (n == 0xFFFF || at == 0xFFFFFFFF) return too_large(zip);
    for (uint32_t i = 0; i < n; i++)
        TRY(read_member(zip, &at));
    return OK;
}

// -- a member -----------------------------------------------------------------------

static Status inflate_member(Zip *zip, const Member *member, Str packed, Str *result) {
    // deflate makes at most 1032 bytes of one: a size beyond that is not worth the memory
    if (member->size / 1032 > member->packed)
        return broken(zip, "a size in its directory cannot be true");
    char *out = base_alloc(zip->arena, member->size);
    TRY_ALLOC(out);
    z_stream stream = {.next_in = (const Bytef *)packed.at,
                       .avail_in = (uInt)packed.n,
                       .next_out = (Bytef *)out,
                       .avail_out = member->size};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return NOMEM;
    const int status = inflate(&stream, Z_FINISH);
    const bool whole =
        status == Z_STREAM_END && stream.total_out == member->size && stream.avail_in == 0;
    inflateEnd(&stream);
    if (status == Z_MEM_ERROR) return NOMEM;
    if (!whole) return broken(zip, "a member is damaged");
    *result = (Str){out, member->size};
    return OK;
}

static Status unpack(Zip *zip, const Member *member, Str *result) {
    enum { HEADER = 30, ENCRYPTED = 1, STORED = 0, DEFLATED = 8 };
    const Str b = zip->bytes;
    size_t at = member->header;
    if (member->packed == 0xFFFFFFFF || member->size == 0xFFFFFFFF || at == 0xFFFFFFFF)
        return too_large(zip);
    if (!holds(b, at, HEADER) || memcmp(b.at + at, "PK\3\4", 4) != 0)
        return broken(zip, "its directory is damaged");
    at += HEADER + number(b, at + 26, 2) + number(b, at + 28, 2);
    if (!holds(b, at, member->packed)) return broken(zip, "a member is cut off");
    if (member->flags & ENCRYPTED) return broken(zip, "a member is encrypted");
    const Str packed = {b.at + at, member->packed};
    if (member->method == DEFLATED)
        TRY(inflate_member(zip, member, packed, result));
    else if (member->method == STORED && member->packed == member->size)
        *result = packed;
    else
        return broken(zip, "a member is neither stored nor deflated");
    if (crc32(0, (const Bytef *)result->at, (uInt)result->n) != member->crc)
        return broken(zip, "a member does not have its checksum");
    return OK;
}

// NumPy takes the names with and without .npy.
static bool is_called(const Member *member, Str key) {
    return base_str_eq(member->name, key) ||
           (is_npy(key) && base_str_eq(member->name, (Str){key.at, key.n - 4}));
}

Status doc_find_npz(Arena *arena, Str bytes, const Str *key, Str *member, DocFault *fault) {
    Zip zip = {.arena = arena, .fault = fault, .bytes = bytes};
    TRY(read_directory(&zip));
    const uint32_t n = zip.members.n;
    if (n == 0) return broken(&zip, "it holds no array");
    if (!key && n == 1) return unpack(&zip, &zip.members.at[0], member);
    for (uint32_t i = 0; key && i < n; i++)
        if (is_called(&zip.members.at[i], *key))
            return unpack(&zip, &zip.members.at[i], member);
    if (key)
        return doc_fault(fault, CODE_E401, doc_known_hint(arena, *key, zip.names.at, n),
                         "it holds no array `%.*s`", STR_ARG(*key));
    return doc_fault(fault, CODE_E402, doc_known_hint(arena, STR(""), zip.names.at, n),
                     "it holds %u arrays; say which by `key`", n);
}
