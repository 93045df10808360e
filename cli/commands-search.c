/* commands-search.c - the tables of the commands that search. */

#include "cli/commands.h"
#include "cli/rows.h"

static const struct option search_options[] = {
    { .name = "limit", .letter = 'n', .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(limit), .min = 0, .max = LEDE_LIMIT_MAX,
      .brief = "show at most N articles (10)",
      .detail = "With 0 they are only counted." },
    { .name = "offset", .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(offset), .min = 0, .max = LEDE_LIMIT_MAX,
      .brief = "pass over the first N",
      .detail = "Offset and limit together are at most 1000000." },
    { .name = "after", .kind = OPTION_TEXT, .argument = "CURSOR",
      .group = "Results", PLACE(after),
      .brief = "show what follows a page, by its cursor",
      .detail = "It is told below the articles, and by --json. However deep, a "
                "page costs what the first one costs, and no article is on two "
                "pages or on none. For the same query, options and indexes; "
                "where articles have changed since, a note says so." },
    { .name = "sort", .kind = OPTION_TEXT, .argument = "KEYS",
      .values = "relevance date -date title -words", .group = "Results",
      PLACE(sort),
      .brief = "by relevance, date, title ...; -date: newest first",
      .detail = "Keys apart by commas, the first counts most: relevance (or "
                "score), date, words, title, source, lang, author, tag, "
                "category, meta.KEY. With - before it a key descends; "
                "relevance is best first without. Articles that have no such "
                "value come last. Default: relevance." },
    OPTIONS_COLLAPSE,
    { .name = "passages", .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(passages), .min = 0, .max = 3,
      .brief = "show up to N passages of each article, 0 to 3 (1)",
      .detail = "The best first; the next ones show other words of the query "
                "where they can." },
    { .name = "no-snippets", .kind = OPTION_FLAG, .group = "Results",
      PLACE(no_snippets), .brief = "leave the passages out",
      .detail = "The same as --passages 0." },
    { .name = "explain", .kind = OPTION_FLAG, .group = "Results",
      PLACE(explain), .brief = "show what each score is made of",
      .detail = "Of each word: how often it is in the article (tf; a title "
                "counts more), in how many articles, and what that brings; "
                "then what else ranks. The parts add up to the score. With "
                "--format json or jsonl, as hits[].explain." },
    { .name = "interactive", .kind = OPTION_FLAG, .group = "Results",
      PLACE(interactive), .brief = "search while you type, and choose one",
      .detail = "Enter prints the file of the article that is chosen, or its "
                "id where it has none; Tab shows it whole; Esc leaves, with "
                "status 130. For the keys see INTERACTIVE in the manual." },
    { .name = "facet", .kind = OPTION_TEXTS, .argument = "NAME",
      .values = "tag author source lang category", .group = "Counts",
      PLACE(facets),
      .brief = "count the articles by tag, source, language",
      .detail = "By tag, author, source, lang, category or meta.KEY, over all "
                "that is found; may be given several times. A facet that the "
                "query has a filter of, as tag:ai, is counted as if that were "
                "not there: so one sees what else could be chosen." },
    { .name = "facet-limit", .kind = OPTION_COUNT, .argument = "N",
      .group = "Counts", PLACE(facet_limit), .min = 1, .max = LEDE_LIMIT_MAX,
      .brief = "tell the N values that most articles have (10)" },
    { .name = "histogram", .kind = OPTION_NAME, .argument = "UNIT",
      .values = "year month week day auto", .group = "Counts",
      PLACE(histogram),
      .brief = "count them by year, month, week, day or auto",
      .detail = "Over all that is found, in UTC. With auto the finest that "
                "gives few lines." },
    { .name = "approximate", .kind = OPTION_FLAG, .group = "Counts",
      PLACE(approximate), .brief = "the number found may be a lower bound",
      .detail = "Lets articles that cannot come first be passed over "
                "uncounted, which is faster. The hits are the same." },
    { .name = "no-suggest", .kind = OPTION_FLAG, .group = "Query",
      PLACE(no_suggest), .brief = "do not look for misspelt words",
      .detail = "Otherwise, where a word is in hardly any article and one like "
                "it is in many, it is asked whether that was meant; and where "
                "nothing is found, --format text and json show what that "
                "finds, and say so." },
    { .name = "strict", .kind = OPTION_FLAG, .group = "Query",
      PLACE(strict), .brief = "refuse a query that would be repaired",
      .detail = "Otherwise what cannot be honoured is searched as words, and "
                "a note says so." },
    { .name = "explain-query", .kind = OPTION_FLAG, .group = "Query",
      PLACE(explain_query),
      .brief = "print how the query was understood, no results",
      .detail = "With --json also as a tree." },
    { .name = "query-json", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Query", PLACE(query_json),
      .brief = "the query is the JSON tree in FILE, - for stdin",
      .detail = "As query.tree of --json has it, instead of words." },
    OPTION_NOW,
    OPTIONS_RANKING,
    { .name = "with-run", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Ranking", PLACE(with_run),
      .brief = "fuse with a TREC run from elsewhere",
      .detail = "By reciprocal rank, as lede fuse does; an embedding model's, "
                "say. Of both the first 1000 count, and no more can be shown. "
                "What the run alone has need not match the query. A score is "
                "1 for the best of one of them, 2 for the best of both." },
    { .name = "topic", .kind = OPTION_TEXT, .argument = "ID",
      .group = "Ranking", PLACE(topic),
      .brief = "which topic this is, in TREC runs",
      .detail = "Default: the only one in --with-run; 1 where one is "
                "written." },
    OPTION_LANG("stem the words of the query in this language only",
                "A code such as en or zh. Default: in each language that "
                "holds at least 1 % of the articles, at most four. To find "
                "only articles in a language, put lang:en in the query."),
    { .name = "format", .kind = OPTION_NAME, .argument = "FORM",
      .values = "text json jsonl csv tsv trec paths", .group = "Output",
      PLACE(format),
      .brief = "text, json, jsonl, csv, tsv, trec or paths",
      .detail = "For people, or: one object of JSON for all; one for each "
                "article, on a line; comma- or tab-separated values below a "
                "line of names; a TREC run; the files. Default: text." },
    { .name = "fields", .kind = OPTION_TEXT, .argument = "LIST",
      .group = "Output", PLACE(fields),
      .brief = "which fields jsonl, csv and tsv have: id,title",
      .detail = "Members of hits in docs/json.md, and line, headings, "
                "categories, summary, body and meta.KEY. Default: rank, "
                "score, id, title, date, source, authors, tags, lang, url, "
                "path, snippet; of jsonl, all members." },
    OPTION_JSON,
    { .name = "trec", .kind = OPTION_FLAG, .group = "Output", PLACE(trec),
      .brief = "print the hits as a TREC run",
      .detail = "Lines of TOPIC Q0 ARTICLE RANK SCORE RUN; an article is named "
                "by its own id, or by lede's where it has none." },
    OPTION_RUN_NAME,
    { .name = "paths", .kind = OPTION_FLAG, .group = "Output", PLACE(paths),
      .brief = "print the files' paths only, each once",
      .detail = "They work from the current folder. Articles that lede add "
                "put into the index have no file and are left out." },
    { .name = "null", .letter = '0', .kind = OPTION_FLAG, .group = "Output",
      PLACE(null), .brief = "end each path with a NUL, for xargs -0",
      .detail = "Goes with --paths." },
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_MANY,
    OPTION_HELP,
    OPTIONS_END
};

#define SEARCH_DETAIL                                                       \
    "Find articles, best match first. The arguments are joined by spaces; " \
    "after the first word only --long options are options, so that -word "  \
    "can be part of the query, and everything after -- is.\n\n"             \
    "Words: an article needs one of them, and more are better. "            \
    "\"some words\" is a phrase, in exactly this form; +word must be "      \
    "there, -word must not. AND, OR, NOT and brackets combine. title:word " \
    "looks in one field. tag: author: lang: source: path: and date: "       \
    "filter: date:2025-02, date:2025-01-15..2025-03, date:last-week. A "    \
    "query of filters alone lists what fits, newest first. No query is a "  \
    "syntax error. All of it is in docs/query-language.md."

static const struct option show_options[] = {
    OPTION_JSON,
    { .name = "meta", .kind = OPTION_FLAG, .group = "Output", PLACE(meta),
      .brief = "print the original metadata, a value a line" },
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_ONE,
    OPTION_HELP,
    OPTIONS_END
};

static const struct option info_options[] = {
    OPTION_JSON,
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_ONE,
    OPTION_HELP,
    OPTIONS_END
};

const struct command search_row = {
    .name = "search", .group = "Searching", .operands = "QUERY...",
    .kind = OPERAND_WORDS, .operands_max = SIZE_MAX,
    .brief = "find articles, best match first",
    .detail = SEARCH_DETAIL,
    .examples = "lede search Qwen model benchmarks\tone of the words\n"
                "lede search '\"Qwen2.5-VL\"'\texactly so\n"
                "lede search +benchmark -phone --sort -date\t"
                "the newest first\n"
                "lede search title:qwen lang:en date:2025..\t"
                "in English, since 2025\n"
                "lede search --paths -0 Qwen | xargs -0 wc -w\t"
                "the files\n",
    .exits = EXITS_SEARCH "130\tleft, with --interactive\n",
    .options = search_options, .run = command_search,
};

const struct command show_row = {
    .name = "show", .group = "Searching", .operands = "ID",
    .kind = OPERAND_IDS, .operands_min = 1, .operands_max = 1,
    .brief = "print an article as it is stored",
    .detail = "Print the article with this id, its file's path, or its own "
              "id where only one article has it.",
    .examples = "lede show news/qwen.md\tthe text\n"
                "lede show --meta news/qwen.md\tits front matter\n",
    .exits = EXITS_ID, .options = show_options, .run = command_show,
};

const struct command info_row = {
    .name = "info", .group = "Searching", .operands = "[INDEX]",
    .kind = OPERAND_PATHS, .operands_max = 1,
    .brief = "say what is in an index",
    .detail = "Say how many articles an index holds, in which languages and "
              "of which time, where they come from, how it was made, and "
              "how large it is.",
    .examples = "lede info\tthe index of this folder\n"
                "lede info news.lede\tanother\n",
    .exits = EXITS_DONE, .options = info_options, .run = command_info,
};
