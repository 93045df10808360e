# bench: programs that measure. `BENCHES += bench/scan' builds bench/scan out
# of bench/scan.c; bench_scan_LDADD says what it is linked with.
