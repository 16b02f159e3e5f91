// `cg-grad graph SPEC`: a function's graph as text, in Graphviz's language, or as a
// picture.
#include "cli/command.h"
#include "cli/graphviz.h"
#include "report/report_graph.h"

enum {
    MOST_NAMES = 12,   // listed in a message
    MOST_DRAWN = 2000, // nodes that Graphviz lays out in a reasonable time
};

// -- which function -----------------------------------------------------------------

// What there is to choose from: functions, or points where there is no function.
static ExitStatus say_choices(Command *c, size_t n, bool points,
                              const char *(*name)(const cg_context *, cg_source, size_t)) {
    const cg_source spec = c->specs.at[0];
    Text message = {.arena = c->arena}, hint = {.arena = c->arena};
    base_text_printf(&message,
                     "the spec has several %s: ", points ? "points" : "functions");
    for (size_t i = 0; i < n && i < MOST_NAMES; i++)
        base_text_printf(&message, i ? ", %s" : "%s", name(c->cg, spec, i));
    if (n > MOST_NAMES) base_text_printf(&message, " and %zu more", n - MOST_NAMES);
    base_text_printf(&hint, points ? "choose one: --only '%s'" : "choose one: -f %s",
                     name(c->cg, spec, 0));
    if (message.failed || hint.failed) return cli_out_of_memory();
    return cli_complain(c, "E001", message.at, hint.at);
}

// The one point that --only takes.
static ExitStatus choose_only(Command *c, size_t *point) {
    const cg_source spec = c->specs.at[0];
    size_t n = 0;
    for (size_t i = 0; i < cg_point_count(c->cg, spec); i++) {
        if (!cli_is_chosen(c, cg_point_name(c->cg, spec, i))) continue;
        if (n++ == 0) *point = i;
    }
    if (n == 0) return cli_nothing_chosen(c);
    if (n == 1) return EXIT_WELL;
    Text message = {.arena = c->arena};
    base_text_printf(&message, "--only: %zu points match, but a graph is that of one", n);
    return message.failed ? cli_out_of_memory() : cli_complain(c, "E001", message.at, NULL);
}

// A function where nobody says at what arguments.
static ExitStatus choose_function(Command *c, const char *function, size_t *point) {
    const cg_status status = cg_function_point(c->cg, c->specs.at[0], function, point);
    return status == CG_OK ? EXIT_WELL : cli_not_loaded(c, status);
}

// EXIT_WELL, and the point whose graph is shown; else what is wrong has been said.
static ExitStatus choose(Command *c, size_t *point) {
    const Options *o = &c->options;
    const cg_source spec = c->specs.at[0];
    const size_t functions = cg_function_count(c->cg, spec);
    const size_t points = cg_point_count(c->cg, spec);
    if (o->only.n) return choose_only(c, point);
    if (o->function && !o->at.n) return choose_function(c, o->function, point);
    if (o->function || o->expression) {
        *point = points - 1;
        return EXIT_WELL;
    }
    if (functions == 1) return choose_function(c, cg_function_name(c->cg, spec, 0), point);
    if (functions) return say_choices(c, functions, false, cg_function_name);
    if (points > 1) return say_choices(c, points, true, cg_point_name);
    *point = 0;
    return points ? EXIT_WELL : cli_complain(c, "E001", "the spec has no function", NULL);
}

// -- showing it ---------------------------------------------------------------------

static ExitStatus draw(Command *c, const cg_listing *listing) {
    Text graph = {.arena = c->arena};
    if (report_graph_dot(listing, &graph) != OK) return cli_out_of_memory();
    switch (cli_draw(base_text_str(&graph), &c->out)) {
    case GRAPHVIZ_WELL:
        return cli_print(c);
    case GRAPHVIZ_MISSING:
        return cli_complain(c, "E001",
                            "--format svg needs Graphviz: `dot` is not on the PATH",
                            "apt-get install graphviz; or take --format dot");
    case GRAPHVIZ_NOMEM:
        return cli_out_of_memory();
    case GRAPHVIZ_FAILED:
        break;
    }
    return cli_complain(c, "E802", "cannot draw the graph: `dot -Tsvg` failed", NULL);
}

static void warn_of_size(const Command *c, const cg_listing *listing) {
    if (c->options.quiet || listing->nodes <= MOST_DRAWN) return;
    Text text = {.arena = c->arena};
    base_text_printf(&text,
                     "cg-grad: the graph has %zu nodes: Graphviz may take long to lay it "
                     "out; --format text does not\n",
                     listing->nodes);
    cli_say(base_text_str(&text));
}

static ExitStatus show(Command *c, const cg_listing *listing) {
    const Options *o = &c->options;
    if (o->format == REPORT_TEXT) {
        const bool colour = !o->output && cli_is_colored(o, STDOUT_FILENO);
        return report_graph_text(listing, colour, &c->out) == OK ? cli_print(c)
                                                                 : cli_out_of_memory();
    }
    warn_of_size(c, listing);
    if (o->format == REPORT_SVG) return draw(c, listing);
    return report_graph_dot(listing, &c->out) == OK ? cli_print(c) : cli_out_of_memory();
}

ExitStatus cli_run_graph(Command *c) {
    const Options *o = &c->options;
    cg_status status = o->at.n ? cli_load(c) : cli_load_specs(c);
    if (status != CG_OK) return cli_not_loaded(c, status);
    size_t point = 0;
    const ExitStatus chosen = choose(c, &point);
    if (chosen != EXIT_WELL) return chosen;
    const cg_graph_options options = {.compute = o->compute | (o->grad ? CG_GRAD : 0),
                                      .argnums = o->argnums,
                                      .raw = o->raw};
    const cg_listing *listing;
    status = cg_point_graph(c->cg, c->specs.at[0], point, &options, &listing);
    if (status != CG_OK) return cli_not_loaded(c, status);
    cli_show_diagnostics(c);
    return show(c, listing);
}
