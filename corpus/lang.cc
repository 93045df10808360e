/* lang.cc - the Compact Language Detector 2 behind the C face of language.h.

   The one file that sees its headers.  CLD2 looks at quadgrams and, for scripts
   that one language has, at the script (https://github.com/CLD2Owners/cld2).
   It keeps no state between calls. */

#include <cstdio>               // its header needs it and does not include it

#include <climits>
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "corpus/language.h"

/* Below so many bytes only what CLD2 calls reliable counts; above, its best
   guess was right in more than 99 of 100 of 15 languages. */
static const size_t RELIABLE_BYTES = 200;

extern "C" const char *
lede__cld2_detect(const char *text, size_t len)
try {
    CLD2::CLDHints hints = { nullptr, nullptr, CLD2::UNKNOWN_ENCODING,
                             CLD2::UNKNOWN_LANGUAGE };
    CLD2::Language languages[3];
    int percents[3];
    double scores[3];
    int text_bytes = 0;
    int valid_bytes = 0;
    bool reliable = false;

    if (len > INT_MAX) {
        return nullptr;
    }
    CLD2::Language best = CLD2::ExtDetectLanguageSummaryCheckUTF8(
        text, static_cast<int>(len), true, &hints,
        CLD2::kCLDFlagBestEffort, languages, percents, scores, nullptr,
        &text_bytes, &reliable, &valid_bytes);
    if (best == CLD2::UNKNOWN_LANGUAGE
        || (len < RELIABLE_BYTES && !reliable)) {
        return nullptr;
    }
    return CLD2::LanguageCode(best);
} catch (...) {
    return nullptr;
}
