/* stopwords.h - the built-in stop words. */

#ifndef LEDE_ANALYSIS_STOPWORDS_H
#define LEDE_ANALYSIS_STOPWORDS_H

/* The function words of a language, apart by single spaces, as analysis makes
   them: folded, "dont" for don't, the "l" of l'homme. */
struct stop_words {
    const char *lang;
    const char *words;
};

/* Ends with a NULL language. */
extern const struct stop_words lede__stop_words[];

#endif
