// Pictures of graphs by Graphviz.
#ifndef CLI_GRAPHVIZ_H
#define CLI_GRAPHVIZ_H

#include "base/str.h"

// How `dot` ended.
typedef enum GraphvizEnd {
    GRAPHVIZ_WELL,
    GRAPHVIZ_MISSING, // it is not on the PATH
    GRAPHVIZ_FAILED,  // it could not be run, or has said on standard error what is wrong
    GRAPHVIZ_NOMEM,
} GraphvizEnd;

// Has `dot -Tsvg` draw a graph in its language; the picture is added to *svg.
GraphvizEnd cli_draw(Str graph, Text *svg);

#endif
