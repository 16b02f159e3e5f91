// NumPy's .npy: a magic text, a version, a header that is a dict in Python's spelling, and
// the elements. The header is read by hand, as strictly as NumPy writes it.
#include "doc/data.h"

typedef struct Npy {
    Arena *arena;
    DocFault *fault;
    Str header;
    size_t at; // in the header
    Str descr;
    bool fortran_order;
    DocArray *array;
    size_t element; // bytes in the file
    bool swapped;   // the other byte order than this machine's
} Npy;

static Status broken(Npy *npy, const char *why) {
    return doc_fault(npy->fault, CODE_E803, "numpy.save writes such files",
                     "its header is not that of a .npy file: %s", why);
}

// -- words of the header ------------------------------------------------------------

static int peek(Npy *npy) {
    while (npy->at < npy->header.n && strchr(" \t\r\n", npy->header.at[npy->at]) &&
           npy->header.at[npy->at])
        npy->at++;
    return npy->at < npy->header.n ? (unsigned char)npy->header.at[npy->at] : -1;
}

static bool accept(Npy *npy, char c) {
    if (peek(npy) != c) return false;
    npy->at++;
    return true;
}

static bool accept_word(Npy *npy, Str word) {
    (void)peek(npy);
    if (npy->header.n - npy->at < word.n ||
        memcmp(npy->header.at + npy->at, word.at, word.n) != 0)
        return false;
    npy->at += word.n;
    return true;
}

// A text in quotes, without escapes.
static bool accept_text(Npy *npy, Str *text) {
    const int quote = peek(npy);
    if (quote != '\'' && quote != '"') return false;
    const char *begin = npy->header.at + npy->at + 1;
    const char *end = memchr(begin, quote, npy->header.n - npy->at - 1);
    if (!end || memchr(begin, '\\', (size_t)(end - begin))) return false;
    *text = (Str){begin, (size_t)(end - begin)};
    npy->at += text->n + 2;
    return true;
}

static Status read_size(Npy *npy, int64_t *size) {
    if (peek(npy) == '-') return broken(npy, "a size in its shape is negative");
    const size_t begin = npy->at;
    *size = 0;
    for (int c;
         (c = npy->at < npy->header.n ? npy->header.at[npy->at] : -1) >= '0' && c <= '9';
         npy->at++) {
        if (__builtin_mul_overflow(*size, 10, size) ||
            __builtin_add_overflow(*size, c - '0', size))
            return broken(npy, "a size in its shape is too large");
    }
    return npy->at > begin ? OK : broken(npy, "its shape is no tuple of whole numbers");
}

// (), (3,), (3, 4)
static Status read_shape(Npy *npy) {
    DocArray *array = npy->array;
    bool comma = true;
    if (!accept(npy, '(')) return broken(npy, "its shape is no tuple");
    while (!accept(npy, ')')) {
        if (!comma) return broken(npy, "its shape is no tuple of whole numbers");
        if (array->rank == LIMIT_RANK)
            return doc_fault(npy->fault, CODE_E701, NULL,
                             "its array has more than %d axes (LIMIT_RANK)", LIMIT_RANK);
        TRY(read_size(npy, &array->shape[array->rank++]));
        comma = accept(npy, ',');
    }
    if (array->rank == 1 && !comma) return broken(npy, "its shape is no tuple");
    return OK;
}

static Status read_entry(Npy *npy, unsigned *found) {
    enum { DESCR = 1, ORDER = 2, SHAPE = 4 };
    Str key;
    if (!accept_text(npy, &key) || !accept(npy, ':'))
        return broken(npy, "it is no dict of names");
    const unsigned bit = base_str_eq(key, STR("descr"))           ? DESCR
                         : base_str_eq(key, STR("fortran_order")) ? ORDER
                         : base_str_eq(key, STR("shape"))         ? SHAPE
                                                                  : 0;
    if (!bit) return broken(npy, "it has a key beside descr, fortran_order and shape");
    if (*found & bit) return broken(npy, "it has a key twice");
    *found |= bit;
    if (bit == SHAPE) return read_shape(npy);
    if (bit == ORDER) {
        npy->fortran_order = accept_word(npy, STR("True"));
        if (npy->fortran_order || accept_word(npy, STR("False"))) return OK;
        return broken(npy, "fortran_order is neither True nor False");
    }
    if (accept_text(npy, &npy->descr)) return OK;
    if (peek(npy) != '[') return broken(npy, "descr is no text");
    return doc_fault(npy->fault, CODE_E405, "save its fields by themselves, in a .npz",
                     "its elements are structures");
}

static Status read_header(Npy *npy) {
    unsigned found = 0;
    bool comma = true;
    if (!accept(npy, '{')) return broken(npy, "it is no dict");
    while (!accept(npy, '}')) {
        if (!comma) return broken(npy, "it is no dict");
        TRY(read_entry(npy, &found));
        comma = accept(npy, ',');
    }
    if (found != 7) return broken(npy, "one of descr, fortran_order and shape is missing");
    return peek(npy) < 0 ? OK : broken(npy, "something stands behind the dict");
}

// -- dtypes -------------------------------------------------------------------------

typedef struct Kind {
    Str descr; // without the byte order
    const char *name;
    int dtype; // or -1: there is none
} Kind;

static const Kind kinds[] = {
    {{"b1", 2}, "bool", DT_BOOL},     {{"i4", 2}, "int32", DT_I32},
    {{"i8", 2}, "int64", DT_I64},     {{"f4", 2}, "float32", DT_F32},
    {{"f8", 2}, "float64", DT_F64},   {{"f2", 2}, "float16", -1},
    {{"f16", 3}, "long doubles", -1}, {{"c8", 2}, "complex64", -1},
    {{"c16", 3}, "complex128", -1},   {{"i1", 2}, "int8", -1},
    {{"i2", 2}, "int16", -1},         {{"u1", 2}, "uint8", -1},
    {{"u2", 2}, "uint16", -1},        {{"u4", 2}, "uint32", -1},
    {{"u8", 2}, "uint64", -1},
};

static const char *unknown_name(char letter) {
    static const struct {
        char letter;
        const char *name;
    } names[] = {{'U', "text"},  {'S', "text"},      {'O', "Python's objects"},
                 {'M', "dates"}, {'m', "durations"}, {'V', "structures"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].letter == letter) return names[i].name;
    return "of a dtype that is not known here";
}

static Status read_dtype(Npy *npy) {
    Str descr = npy->descr;
    const uint16_t one = 1;
    const char native = *(const char *)&one ? '<' : '>';
    const char order = descr.n ? descr.at[0] : 0;
    if (order && strchr("<>=|", order)) descr = (Str){descr.at + 1, descr.n - 1};
    npy->swapped = (order == '<' || order == '>') && order != native;
    const Kind *kind = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (base_str_eq(kinds[i].descr, descr)) kind = &kinds[i];
    if (!kind || kind->dtype < 0) {
        const char *name = kind ? kind->name : unknown_name(descr.n ? descr.at[0] : 0);
        const bool is_float = kind && descr.at[0] == 'f';
        const bool is_int = kind && (descr.at[0] == 'i' || descr.at[0] == 'u');
        return doc_fault(npy->fault, CODE_E405,
                         is_float ? "convert them: numpy.save(file, x.astype('float64'))"
                         : is_int ? "convert them: numpy.save(file, x.astype('int64'))"
                                  : "an array is of bool, int32, int64, float32 or float64",
                         "its elements are %s", name);
    }
    npy->array->dtype = (Dtype)kind->dtype;
    npy->element = num_dtype_size(npy->array->dtype);
    return OK;
}

// -- elements -----------------------------------------------------------------------

static void copy_element(const Npy *npy, const char *from, char *to) {
    for (size_t i = 0; i < npy->element; i++)
        to[i] = from[npy->swapped ? npy->element - 1 - i : i];
}

// Elements with the first axis running fastest, put into row-major order.
static void copy_fortran(const Npy *npy, const char *from, char *to, int64_t n) {
    const DocArray *array = npy->array;
    int64_t index[LIMIT_RANK] = {0};
    for (int64_t i = 0; i < n; i++) {
        int64_t source = 0;
        for (uint32_t axis = array->rank; axis-- > 0;)
            source = source * array->shape[axis] + index[axis];
        copy_element(npy, from + (size_t)source * npy->element,
                     to + (size_t)i * npy->element);
        for (uint32_t axis = array->rank; axis-- > 0;) {
            if (++index[axis] < array->shape[axis]) break;
            index[axis] = 0;
        }
    }
}

static Status copy_elements(Npy *npy, Str elements, int64_t n) {
    char *data = base_alloc_array(npy->arena, (size_t)n, npy->element);
    TRY_ALLOC(data);
    npy->array->data = data;
    if (npy->fortran_order && npy->array->rank > 1) {
        copy_fortran(npy, elements.at, data, n);
    } else if (npy->swapped) {
        for (size_t i = 0; i < elements.n; i += npy->element)
            copy_element(npy, elements.at + i, data + i);
    } else if (elements.n) {
        memcpy(data, elements.at, elements.n);
    }
    if (npy->array->dtype != DT_BOOL) return OK;
    for (int64_t i = 0; i < n; i++)
        if ((unsigned char)data[i] > 1)
            return doc_fault(npy->fault, CODE_E803, NULL,
                             "one of its booleans is neither 0 nor 1");
    return OK;
}

static Status read_elements(Npy *npy, Str elements) {
    const DocArray *array = npy->array;
    int64_t n = 1, size = 0;
    bool empty = false, overflow = false;
    for (uint32_t i = 0; i < array->rank; i++)
        empty |= array->shape[i] == 0;
    if (empty) n = 0;
    for (uint32_t i = 0; i < array->rank && !empty; i++)
        overflow |= __builtin_mul_overflow(n, array->shape[i], &n);
    overflow |= __builtin_mul_overflow(n, (int64_t)npy->element, &size);
    if (overflow || (uint64_t)size > elements.n)
        return doc_fault(npy->fault, CODE_E803, "the file may have been cut off",
                         "its header tells of more elements than it holds");
    if ((uint64_t)size < elements.n)
        return doc_fault(npy->fault, CODE_E803, NULL,
                         "%zu bytes stand behind the elements that its header tells of",
                         elements.n - (size_t)size);
    return copy_elements(npy, elements, n);
}

Status doc_read_npy(Arena *arena, Str bytes, DocArray *array, DocFault *fault) {
    static const char magic[] = "\x93NUMPY";
    enum { MAGIC = sizeof magic - 1, LENGTH = MAGIC + 2 };
    Npy npy = {.arena = arena, .fault = fault, .array = array};
    *array = (DocArray){0};
    if (bytes.n < LENGTH || memcmp(bytes.at, magic, MAGIC) != 0)
        return doc_fault(fault, CODE_E803, "numpy.save writes such files",
                         "it does not begin as a .npy file");
    const unsigned char *at = (const unsigned char *)bytes.at;
    if (at[MAGIC] < 1 || at[MAGIC] > 3 || at[MAGIC + 1] != 0)
        return doc_fault(fault, CODE_E803, "versions 1.0, 2.0 and 3.0 are known",
                         "it is a .npy file of version %d.%d", at[MAGIC], at[MAGIC + 1]);
    const size_t width = at[MAGIC] == 1 ? 2 : 4, begin = LENGTH + width;
    size_t length = 0;
    for (size_t i = width; i-- > 0 && bytes.n >= begin;)
        length = length << 8 | at[LENGTH + i];
    if (bytes.n < begin || length > bytes.n - begin)
        return doc_fault(fault, CODE_E803, "the file may have been cut off",
                         "it ends within its header");
    npy.header = (Str){bytes.at + begin, length};
    TRY(read_header(&npy));
    TRY(read_dtype(&npy));
    return read_elements(&npy, (Str){bytes.at + begin + length, bytes.n - begin - length});
}
