/* frame.c - many frames: writing, reading, and finding one of them; see
   frame.h.  What is in a frame is the kernels' (kernel.h). */

#include "shared/index/frame.h"

#include "shared/index/kernel-private.h"

size_t
lede__frames_max(size_t n)
{
    size_t n_frames = n / FRAME + (n % FRAME != 0);

    return n_frames * (1 + 4 * FRAME) + FRAME_SLACK;
}

size_t
lede__frames_write(const struct kernel *kernel, uint8_t *out,
                   const uint32_t *values, size_t n)
{
    uint8_t *header = out;
    uint8_t *at = out + n / FRAME + (n % FRAME != 0);
    size_t i;

    for (i = 0; i + FRAME <= n; i += FRAME) {
        at = kernel->pack(header++, at, values + i, FRAME);
    }
    if (i < n) {
        uint32_t last[FRAME] = { 0 };
        memcpy(last, values + i, (n - i) * sizeof *last);
        at = kernel->pack(header, at, last, n - i);
    }
    return (size_t)(at - out);
}

const uint8_t *
lede__frames_read(const struct kernel *kernel, const uint8_t *p,
                  const uint8_t *end, uint32_t *values, size_t n)
{
    size_t n_frames = n / FRAME + (n % FRAME != 0);

    if (p > end || n_frames > (size_t)(end - p)) {
        return NULL;
    }
    return n == 0 ? p : kernel->frames(values, p, p + n_frames, end, n, 0);
}

/* Eight headers at a time, a byte lane for each: a frame has at most
   4 * 32 + 7 bytes. */
size_t
lede__frames_bytes(const uint8_t *headers, size_t n)
{
    const uint64_t ones = 0x0101010101010101;
    size_t bytes = 0;

    for (; n >= 8; n -= 8, headers += 8) {
        uint64_t all = lede__get64(headers);
        uint64_t width = all & ones * 31;
        uint64_t size = width << 2;
        size += (width + ones) >> 3 & ones * 4;         // 31 stands for 32
        size += all >> 5 & ones * 7;
        size = (size & 0x00FF00FF00FF00FF) + (size >> 8 & 0x00FF00FF00FF00FF);
        bytes += (size * 0x0001000100010001) >> 48;
    }
    for (; n > 0; n--, headers++) {
        bytes += 4 * lede__frame_width(*headers)
            + lede__frame_exceptions(*headers);
    }
    return bytes;
}
