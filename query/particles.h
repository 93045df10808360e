/* particles.h - Korean particles at the end of a word. */

#ifndef LEDE_QUERY_PARTICLES_H
#define LEDE_QUERY_PARTICLES_H

#include "shared/base/str.h"

/* How many syllables at the end of a word, which is UTF-8, are a particle; 0
   for none, and where it is not all of Hangul. */
size_t
lede__particle(struct str word);

#endif
