// The command that checks a rule where a point calls its function, written so that a shell
// runs it.
#include "api/rule_calls.h"

#include <math.h>

enum { MOST_NUMBERS = 64 }; // in --at; else the point is named

// -- words of a shell ---------------------------------------------------------------

static bool is_safe(Str word) {
    const char *const safe = "@%+=:,./-_";
    for (size_t i = 0; i < word.n; i++) {
        const char c = word.at[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || (c && strchr(safe, c));
        if (!plain) return false;
    }
    return word.n != 0;
}

static void add_word(Text *command, Str word) {
    base_text_char(command, ' ');
    if (is_safe(word)) {
        base_text_add(command, word);
        return;
    }
    base_text_char(command, '\'');
    for (size_t i = 0; i < word.n; i++) {
        if (word.at[i] == '\'')
            base_text_add(command, STR("'\\''"));
        else
            base_text_char(command, word.at[i]);
    }
    base_text_char(command, '\'');
}

// -- values as expressions ----------------------------------------------------------

static void add_number(Text *text, Dtype dtype, const void *element) {
    char printed[NUM_TEXT];
    if (dtype == DT_BOOL) {
        base_text_add(text, *(const bool *)element ? STR("True") : STR("False"));
        return;
    }
    const double number = dtype == DT_F64   ? *(const double *)element
                          : dtype == DT_F32 ? (double)*(const float *)element
                                            : 0;
    if (isnan(number))
        base_text_add(text, STR("nan"));
    else if (isinf(number))
        base_text_add(text, number < 0 ? STR("-inf") : STR("inf"));
    else
        base_text_add(text, (Str){printed, num_print(dtype, element, printed)});
}

static void add_elements(Text *text, const cg_value *array, uint32_t axis,
                         const char **next) {
    const Dtype dtype = (Dtype)array->dtype;
    if (axis == array->rank) {
        add_number(text, dtype, *next);
        *next += num_dtype_size(dtype);
        return;
    }
    base_text_char(text, '[');
    for (int64_t i = 0; i < array->shape[axis]; i++) {
        if (i) base_text_add(text, STR(", "));
        add_elements(text, array, axis + 1, next);
    }
    base_text_char(text, ']');
}

// An array; `plain`: the dtype that plain numbers become there.
static bool add_array(Text *text, const cg_value *array, Dtype plain, size_t *numbers) {
    const Dtype dtype = (Dtype)array->dtype;
    const char *next = array->data;
    size_t size = 1;
    for (uint32_t i = 0; i < array->rank; i++)
        size *= (size_t)array->shape[i];
    *numbers += size;
    if (*numbers > MOST_NUMBERS || size == 0) return false;
    if (dtype != plain) base_text_add(text, STR("array("));
    add_elements(text, array, 0, &next);
    if (dtype != plain) base_text_printf(text, ", %s)", num_dtype_name(dtype));
    return true;
}

// False for what cannot be written so that it is read as it is. Depth is that of the
// spec's expressions.
static bool add_value(Text *text, const Tree *tree, const cg_value *value, Dtype plain,
                      size_t *numbers) {
    if (value->kind == CG_ARRAY) return add_array(text, value, plain, numbers);
    if (value->kind == CG_NULL || tree->kind == TREE_LIST) return false;
    const bool record = value->kind == CG_RECORD;
    base_text_char(text, record ? '{' : '(');
    for (size_t i = 0; i < value->n; i++) {
        if (i) base_text_add(text, STR(", "));
        if (record) base_text_printf(text, "\"%s\": ", value->keys[i]);
        if (!add_value(text, &tree->parts[i], &value->parts[i], plain, numbers))
            return false;
    }
    if (!record && value->n == 1) base_text_char(text, ',');
    base_text_char(text, record ? '}' : ')');
    return true;
}

// x=3.0, y=[1.0, 2.0]: the call's arguments as --at has them.
static bool add_arguments(Text *text, const cg_rule_made *made, const cg_parts *args) {
    const RuleView *view = &made->view;
    size_t numbers = 0, next = 0;
    for (uint32_t i = 0; i < view->n_args; i++) {
        const RuleViewArg *arg = &view->args[i];
        const SpecArg *declared = view->function ? &view->function->args[i] : NULL;
        base_text_printf(text, i ? ", %.*s=" : "%.*s=", STR_ARG(arg->name));
        if (!arg->traced) {
            if (arg->text.n == 0) return false;
            base_text_add(text, arg->text);
            continue;
        }
        const Dtype plain =
            declared && declared->has_dtype ? declared->dtype : made->spec->spec->dtype;
        if (!add_value(text, &arg->tree, &args->at[next++].value, plain, &numbers))
            return false;
    }
    return true;
}

// -- commands -----------------------------------------------------------------------

static void add_spec(Text *command, Str name) {
    const bool option = name.n > 1 && name.at[0] == '-';
    Text path = {.arena = command->arena};
    base_text_printf(&path, "%s%.*s", option ? "./" : "", STR_ARG(name));
    command->failed = command->failed || path.failed;
    add_word(command, base_text_str(&path));
}

static void add_option(Text *command, const char *option, Str value) {
    base_text_printf(command, " %s", option);
    add_word(command, value);
}

static void add_texts(Text *command, const Point *point) {
    for (size_t i = 0; i < point->n_at; i++)
        add_option(command, "--at", base_str(point->at[i]));
}

// Whether the point is the function itself, so that its name says all.
static bool is_its_own(const cg_rule_made *made, const Point *point) {
    return made->view.function && !point->spec->batch && !point->added &&
           base_str_eq(point->spec->function_text, made->view.function->name);
}

Status api_reproduce(const cg_rule_made *made, const Point *point, const cg_parts *args,
                     const char **result) {
    const LoadedSpec *spec = made->spec;
    Text command = {.arena = spec->arena}, at = {.arena = spec->arena};
    const bool written = made->view.function && made->call->n_captures == 0 &&
                         !is_its_own(made, point) && add_arguments(&at, made, args);
    base_text_add(&command, STR("cg-grad check"));
    if (spec->expression) {
        add_option(&command, "-e", base_str(spec->expression));
        if (spec->vjp) add_option(&command, "--vjp", base_str(spec->vjp));
    } else {
        add_spec(&command, spec->name);
        if (written)
            add_option(&command, "-f", made->view.function->name);
        else if (point->added)
            add_option(&command, "-f", point->spec->function_text);
        else
            add_option(&command, "--only", point->spec->name);
    }
    if (!written)
        add_texts(&command, point);
    else if (at.n)
        add_option(&command, "--at", base_text_str(&at));
    *result = command.at;
    return command.failed || at.failed ? NOMEM : OK;
}
