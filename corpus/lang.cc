/* lang.cc - the Compact Language Detector 2 behind the C face of language.h.

   The one file that sees its headers.  CLD2 looks at quadgrams and, for scripts
   that one language has, at the script (https://github.com/CLD2Owners/cld2).
   It keeps no state between calls. */

#include <cstdio>               // its header needs it and does not include it

#include <cstring>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "corpus/language.h"

/* CLD2 looks at the character behind the end of the text too, by tables that an
   ill-formed one leads out of: what it gets has well-formed ones behind it. */
static const size_t PADDING = 16;

extern "C" const char *
lede__cld2_detect(const char *text, size_t len, int percent_min)
try {
    CLD2::CLDHints hints = { nullptr, nullptr, CLD2::UNKNOWN_ENCODING,
                             CLD2::UNKNOWN_LANGUAGE };
    CLD2::Language languages[3];
    int percents[3];
    double scores[3];
    int text_bytes = 0;
    bool reliable = false;
    char padded[LANG_SAMPLE_MAX + PADDING];

    if (len > LANG_SAMPLE_MAX) {
        return nullptr;
    }
    memcpy(padded, text, len);
    memset(padded + len, '\0', PADDING);
    CLD2::Language best = CLD2::ExtDetectLanguageSummary(
        padded, static_cast<int>(len), true, &hints,
        percent_min == 0 ? CLD2::kCLDFlagBestEffort : 0, languages, percents,
        scores, nullptr, &text_bytes, &reliable);
    if (best == CLD2::UNKNOWN_LANGUAGE
        || (percent_min > 0 && (!reliable || percents[0] < percent_min))) {
        return nullptr;
    }
    return CLD2::LanguageCode(best);
} catch (...) {
    return nullptr;
}
