/* topics.h - the topics of a test collection, in one of three forms that are
   told apart by their content:

     ID <TAB> text                 a line each

     <top>                         TREC, with or without closing tags
     <num> Number: 301             but for that of <top>
     <title> Topic: text
     <desc> Description: text
     <narr> Narrative: text
     </top>

     <topic number="1">            as later tracks have it: <query> is a
     <query>text</query>           title, <description> and <question> are a
     ...                           desc, <narrative> a narr
     </topic>

   What is outside of topics is passed over. */

#ifndef LEDE_QUERY_TOPICS_H
#define LEDE_QUERY_TOPICS_H

#include "shared/base/str.h"

enum topic_field { TOPIC_TITLE, TOPIC_DESC, TOPIC_NARR, TOPIC_FIELDS };

struct asked {
    struct str id;
    struct str text;            // NUL-terminated
    unsigned line;
};

struct topics {
    struct arena arena;
    struct asked *items;
    size_t n;
};

/* `fields`: "title,desc"; NULL is the title alone.  For lede__topics_free, also
   on failure.  LEDE_STATUS_OK, _USAGE (no such field), _NOT_FOUND, _PERMISSION,
   _IO, _LIMIT, _BAD_INPUT (file and line). */
lede_status
lede__topics_read(struct topics *topics, const char *path, const char *fields,
                  lede_error *err);

void
lede__topics_free(struct topics *topics);

#endif
