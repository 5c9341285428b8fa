/* Reads a DealerFlow feed: one header, C11 or C++17, nothing but the C library.
 *
 *     df_feed feed;
 *     df_headline headline;
 *     if (!df_open(&feed, NULL, "default", "SPX", DF_MAPPED)) { fprintf(stderr, "%s\n", feed.message); return 1; }
 *     if (df_read_headline(&feed, &headline) == DF_SNAPSHOT_READ_STATUS_OK) printf("%f\n", headline.section.spot);
 *     df_close(&feed);
 *
 * A reader registers nowhere, writes nothing and never makes the writer wait. One df_feed serves one thread. What the bytes mean is in
 * docs/wire-format.md, what errors and states mean in docs/readers.md. Linux, 64 bits, little-endian; gcc or clang.
 * Include it before other headers, or compile with -D_GNU_SOURCE, where the compiler is told -std=c11 instead of gnu11.
 */
#ifndef DEALERFLOW_FEED_H
#define DEALERFLOW_FEED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "dealerflow_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if !defined(__linux__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "A DealerFlow feed is read on little-endian Linux."
#endif
DF_STATIC_ASSERT(sizeof(void *) == 8, "a DealerFlow feed is read on 64-bit machines");
DF_STATIC_ASSERT(sizeof(off_t) == 8, "files are as long as 64 bits say");

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what there is ---- */

/* How the file is read. */
typedef enum df_access {
    /* From a read-only mapping: no system call per read. Somebody of the same user, or root, who cuts the file under it ends the process by
     * SIGBUS. The writer never does. */
    DF_MAPPED = 0,

    /* By pread: a file that is cut is an answer (corrupt), not a signal. Some system calls per read. */
    DF_UNMAPPED = 1
} df_access;

/* A part of the file, mapped for itself unless map is NULL. */
typedef struct df_window_ {
    const unsigned char *map;
    uint64_t offset;
    uint64_t size;
    uint64_t before; /* bytes in front of it, to the begin of a page of this machine */
} df_window_;

/* An open underlying of a feed. error and message say why df_open has failed; retries and busy_reads count what the writer overtook. The rest is private. */
typedef struct df_feed {
    df_feed_error error;
    char message[640];
    uint64_t retries;
    uint64_t busy_reads;

    df_window_ header_window;
    df_window_ entry_window;
    df_window_ region;
    int file;
    int directory;
    char name[DF_MAX_NAME_LENGTH + 1];
    df_feed_header constants;
    df_feed_entry entry;
    uint64_t market_capacity;
    df_feed_state probed;
    uint64_t probed_state;
    int64_t probed_heartbeat_nanos;
    int64_t next_probe_nanos;
    int carryless_bits; /* as wide as the processor multiplies polynomials: 0, 128 or 256 */
    uint32_t crc_table[8][256];
} df_feed;

/* One headline. */
typedef struct df_headline {
    df_headline_section section;
    df_runtime_section runtime;
} df_headline;

/* The last good copy of a snapshot; a read that fails changes nothing of it. market_bytes is 0 before the first. */
typedef struct df_snapshot {
    size_t market_bytes;
    size_t capacity;
    unsigned char *shown;
    unsigned char *spare;
} df_snapshot;

/* Opens an underlying of a feed: symbol, or with NULL the first or only one. directory may be NULL: DEALERFLOW_FEED_DIR, else
 * /dev/shm/dealerflow-UID. Everything that can be wrong with the file is found before it is mapped, and nothing of other underlyings is. False, with error and message, when it cannot be opened; nothing is to be closed then. */
static inline bool df_open(df_feed *feed, const char *directory, const char *name, const char *symbol, df_access access);
static inline void df_close(df_feed *feed);

/* What underlying number index (from 0) of an open feed is called, as a string; false behind the last. Zeros, as "", where a feed of one was made
 * without a symbol. */
static inline bool df_underlying(const df_feed *feed, uint64_t index, char text[9]);

/* A sentence for an error; df_feed_error_name has its name, df_feed::message the sentence with path and numbers. */
static inline const char *df_feed_error_text(df_feed_error error);

/* What the feed is doing now. Cheap while it is alive; otherwise a few system calls, at most ten times a second. */
static inline df_feed_state df_state(df_feed *feed);

/* Copies the latest headline, or snapshot: always a whole one, never a mix of two. */
static inline df_snapshot_read_status df_read_headline(df_feed *feed, df_headline *headline);
static inline df_snapshot_read_status df_read_snapshot(df_feed *feed, df_snapshot *snapshot);

/* The next notice of the change stream after *position, which moves on; begin with df_change_number, or with 0 for all that are there. The writer
 * waits for nobody: *missed says how many were overwritten before they were read. NOTHING_PUBLISHED: there is none yet. */
static inline df_snapshot_read_status df_read_change(df_feed *feed, uint64_t *position, df_level_change *change, uint64_t *missed);

/* Room for every snapshot of this feed; false without memory. df_snapshot_free gives it back. */
static inline bool df_snapshot_create(df_snapshot *snapshot, const df_feed *feed);
static inline void df_snapshot_free(df_snapshot *snapshot);

/* ---- what a snapshot holds; market_bytes must not be 0 ---- */

static inline const df_market_section *df_market(const df_snapshot *snapshot)
{
    return (const df_market_section *)(const void *)snapshot->shown;
}

/* strike_count rows, ascending. */
static inline const df_strike_row *df_strikes(const df_snapshot *snapshot)
{
    return (const df_strike_row *)(const void *)(snapshot->shown + sizeof(df_market_section));
}

/* expiry_count rows, by settlement instant, then root. */
static inline const df_expiry_row *df_expiries(const df_snapshot *snapshot)
{
    return (const df_expiry_row *)(const void *)(df_strikes(snapshot) + df_market(snapshot)->strike_count);
}

static inline const df_runtime_section *df_runtime(const df_snapshot *snapshot)
{
    return (const df_runtime_section *)(const void *)(snapshot->shown + snapshot->market_bytes);
}

/* Totals and levels under the chosen position model. */
static inline const df_model_section *df_chosen_model(const df_market_section *market)
{
    return &market->models[market->model < DF_POSITION_MODELS ? market->model : 0];
}

/* Money in USD. */
static inline double df_usd(int64_t units)
{
    return (double)units / DF_UNITS_PER_USD;
}

/* Eight characters as a string. */
static inline const char *df_text(char text[9], const char padded[8])
{
    memcpy(text, padded, 8);
    text[8] = '\0';
    return text;
}

/* ---- shared memory ----
 * The operations of the C11 memory model in the spelling that gcc and clang have for C and C++ alike: <stdatomic.h> is no part of C++17. */

/* An acquire: nothing that comes later is loaded before it. False where the file ends before the word. */
static inline bool df_load_(const df_feed *feed, const df_window_ *window, uint64_t offset, uint64_t *word)
{
    if (window->map != NULL) {
        *word = __atomic_load_n((const uint64_t *)(const void *)(window->map + offset), __ATOMIC_ACQUIRE);
        return true;
    }
    ssize_t got;
    do got = pread(feed->file, word, sizeof *word, (off_t)(window->offset + offset));
    while (got < 0 && errno == EINTR);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return got == (ssize_t)sizeof *word;
}

/* By system calls; false where the file ends before that. */
static inline bool df_pread_(int file, uint64_t offset, size_t bytes, void *target)
{
    unsigned char *to = (unsigned char *)target;
    while (bytes > 0) {
        ssize_t got = pread(file, to, bytes, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        offset += (uint64_t)got;
        bytes -= (size_t)got;
    }
    return true;
}

/* Copies whole words, each untorn; in which order is settled by df_load_ before and a fence after it. */
static inline bool df_copy_(const df_feed *feed, const df_window_ *window, uint64_t offset, size_t bytes, void *target)
{
    if (window->map == NULL) return df_pread_(feed->file, window->offset + offset, bytes, target);
    const uint64_t *from = (const uint64_t *)(const void *)(window->map + offset);
    uint64_t *to = (uint64_t *)target;
    for (size_t i = 0; i < bytes / sizeof *to; i++) to[i] = __atomic_load_n(from + i, __ATOMIC_RELAXED);
    return true;
}

/* A word of the header or of the entry, 0 where the file has been cut. */
static inline uint64_t df_word_(const df_feed *feed, const df_window_ *window, size_t offset)
{
    uint64_t word;
    return df_load_(feed, window, offset, &word) ? word : 0;
}

/* Number of the last whole snapshot, 0 for none yet. When it differs from the last one read, there is news. */
static inline uint64_t df_publish_number(const df_feed *feed)
{
    return df_word_(feed, &feed->entry_window, offsetof(df_feed_entry, published));
}

/* Number of the last whole headline, 0 for none yet. */
static inline uint64_t df_headline_number(const df_feed *feed)
{
    return df_word_(feed, &feed->entry_window, offsetof(df_feed_entry, headline_published));
}

/* Number of the last notice of the change stream, 0 for none yet. */
static inline uint64_t df_change_number(const df_feed *feed)
{
    return df_word_(feed, &feed->entry_window, offsetof(df_feed_entry, change_published));
}

/* How often the feed has been taken by a writer. */
static inline uint64_t df_epoch(const df_feed *feed)
{
    return df_word_(feed, &feed->header_window, offsetof(df_feed_header, epoch));
}

/* CLOCK_MONOTONIC, which the writer's clocks in the feed are of. */
static inline int64_t df_monotonic_nanos(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * INT64_C(1000000000) + (int64_t)now.tv_nsec;
}

/* Since the writer's last sign of life. */
static inline int64_t df_heartbeat_age_nanos(const df_feed *feed)
{
    uint64_t heartbeat = df_word_(feed, &feed->entry_window, offsetof(df_feed_entry, heartbeat_nanos)); /* before the clock: no age is negative */
    return (int64_t)((uint64_t)df_monotonic_nanos() - heartbeat);
}

/* ---- checksum: CRC-32 as in zlib ---- */

static inline void df_crc_table_(uint32_t table[8][256])
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) != 0 ? UINT32_C(0xEDB88320) : 0);
        table[0][i] = crc;
    }
    for (int more = 1; more < 8; more++)
        for (uint32_t i = 0; i < 256; i++) table[more][i] = (table[more - 1][i] >> 8) ^ table[0][table[more - 1][i] & 0xFF];
}

#if defined(__x86_64__)
/* By carry-less multiplication: what lies n bits ahead of other bytes is multiplied by x to the power of n and added to them, until 16 bytes are left.
 * Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009. Every pair of factors is x to the powers
 * n - 32 and n + 32, reflected; the last ones are x to the power of 64, and Barrett's two. */
__attribute__((target("pclmul,sse4.1"))) static inline __m128i df_crc_carry_(__m128i x, __m128i over)
{
    return _mm_xor_si128(_mm_clmulepi64_si128(x, over, 0x00), _mm_clmulepi64_si128(x, over, 0x11));
}

/* What is folded into x, and count bytes behind it, a multiple of 16. */
__attribute__((target("pclmul,sse4.1"))) static inline uint32_t df_crc_rest_(__m128i x, const unsigned char *at, size_t count)
{
    const __m128i over128 = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0), over64 = _mm_set_epi64x(0, 0x0163CD6124);
    const __m128i barrett = _mm_set_epi64x(0x01F7011641, 0x01DB710641), low = _mm_setr_epi32(-1, 0, -1, 0);
    __m128i y;
    for (; count >= 16; at += 16, count -= 16) x = _mm_xor_si128(df_crc_carry_(x, over128), _mm_loadu_si128((const __m128i *)(const void *)at));
    x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, over128, 0x10));
    x = _mm_xor_si128(_mm_srli_si128(x, 4), _mm_clmulepi64_si128(_mm_and_si128(x, low), over64, 0x00));
    y = _mm_and_si128(_mm_clmulepi64_si128(_mm_and_si128(x, low), barrett, 0x10), low);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, _mm_clmulepi64_si128(y, barrett, 0x00)), 1);
}

/* 64 bytes at a time; count is 64 or more and a multiple of 16. */
__attribute__((target("pclmul,sse4.1"))) static inline uint32_t df_crc_narrow_(uint32_t crc, const unsigned char *at, size_t count)
{
    const __m128i over512 = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4), over128 = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
    __m128i x[4];
    for (int i = 0; i < 4; i++) x[i] = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
    x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)crc));
    for (at += 64, count -= 64; count >= 64; at += 64, count -= 64)
        for (int i = 0; i < 4; i++) x[i] = _mm_xor_si128(df_crc_carry_(x[i], over512), _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i)));
    for (int i = 1; i < 4; i++) x[0] = _mm_xor_si128(df_crc_carry_(x[0], over128), x[i]);
    return df_crc_rest_(x[0], at, count);
}

/* 128 bytes at a time, two products in one; count is 128 or more and a multiple of 16. */
__attribute__((target("avx2,vpclmulqdq,pclmul,sse4.1"))) static inline uint32_t df_crc_wide_(uint32_t crc, const unsigned char *at, size_t count)
{
    const __m256i over1024 = _mm256_set_epi64x(0x014A7FE880, 0x01E88EF372, 0x014A7FE880, 0x01E88EF372);
    const __m256i over256 = _mm256_set_epi64x(0x015A546366, 0x00F1DA05AA, 0x015A546366, 0x00F1DA05AA);
    const __m128i over128 = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
    __m256i x[4];
    for (int i = 0; i < 4; i++) x[i] = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32 * i));
    x[0] = _mm256_xor_si256(x[0], _mm256_setr_epi32((int)crc, 0, 0, 0, 0, 0, 0, 0));
    for (at += 128, count -= 128; count >= 128; at += 128, count -= 128)
        for (int i = 0; i < 4; i++)
            x[i] = _mm256_xor_si256(_mm256_xor_si256(_mm256_clmulepi64_epi128(x[i], over1024, 0x00), _mm256_clmulepi64_epi128(x[i], over1024, 0x11)),
                                    _mm256_loadu_si256((const __m256i *)(const void *)(at + 32 * i)));
    for (int i = 1; i < 4; i++)
        x[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_clmulepi64_epi128(x[0], over256, 0x00), _mm256_clmulepi64_epi128(x[0], over256, 0x11)), x[i]);
    return df_crc_rest_(_mm_xor_si128(df_crc_carry_(_mm256_castsi256_si128(x[0]), over128), _mm256_extracti128_si256(x[0], 1)), at, count);
}
#endif

/* Of whole words. */
static inline uint32_t df_crc32_(const df_feed *feed, const void *bytes, size_t count)
{
    const uint32_t(*table)[256] = feed->crc_table;
    const unsigned char *at = (const unsigned char *)bytes;
    uint32_t crc = UINT32_C(0xFFFFFFFF);
#if defined(__x86_64__)
    if (feed->carryless_bits >= 128 && count >= 64) {
        size_t folded = count / 16 * 16;
        crc = feed->carryless_bits >= 256 && folded >= 128 ? df_crc_wide_(crc, at, folded) : df_crc_narrow_(crc, at, folded);
        at += folded;
        count -= folded;
    }
#endif
    for (; count >= 8; count -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        word ^= crc;
        crc = table[7][word & 0xFF] ^ table[6][(word >> 8) & 0xFF] ^ table[5][(word >> 16) & 0xFF] ^ table[4][(word >> 24) & 0xFF]
            ^ table[3][(word >> 32) & 0xFF] ^ table[2][(word >> 40) & 0xFF] ^ table[1][(word >> 48) & 0xFF] ^ table[0][word >> 56];
    }
    return ~crc;
}

/* ---- opening ---- */

static inline const char *df_feed_error_text(df_feed_error error)
{
    switch (error) {
    case DF_FEED_ERROR_INVALID_NAME: return "no name for a feed: 1 to 64 of A-Z a-z 0-9 . _ - with a letter or a digit first";
    case DF_FEED_ERROR_DIRECTORY_NOT_FOUND: return "the feed directory does not exist: start a writer, or set DEALERFLOW_FEED_DIR";
    case DF_FEED_ERROR_DIRECTORY_NOT_PRIVATE: return "the feed directory is a link, belongs to somebody else, or others may write in it";
    case DF_FEED_ERROR_NOT_FOUND: return "there is no feed of this name: start its writer, or check name and directory";
    case DF_FEED_ERROR_NOT_A_FILE: return "a link, FIFO, directory or device stands in the place of the file";
    case DF_FEED_ERROR_WRONG_OWNER: return "the file belongs to another user";
    case DF_FEED_ERROR_NOT_PRIVATE: return "others may write to the file, or it has a second name";
    case DF_FEED_ERROR_NOT_A_FEED: return "the file does not start with the magic word: it is something else";
    case DF_FEED_ERROR_WRONG_ENDIANNESS: return "the file was written in the other byte order";
    case DF_FEED_ERROR_WRONG_VERSION: return "the file follows another version of the protocol: run writer and reader of one release";
    case DF_FEED_ERROR_WRONG_LAYOUT: return "the file has other structs than this reader: run writer and reader of one release";
    case DF_FEED_ERROR_DAMAGED_HEADER: return "the constants of the header or of the directory are damaged: restart the writer, which makes a new file";
    case DF_FEED_ERROR_TRUNCATED: return "the file is shorter or longer than its header says: restart the writer, which makes a new file";
    case DF_FEED_ERROR_NO_SPACE: return "the file system has no room for the feed";
    case DF_FEED_ERROR_CAPACITY_EXCEEDED: return "the snapshot has more rows than a slot has room for";
    case DF_FEED_ERROR_IN_USE: return "another writer holds the feed";
    case DF_FEED_ERROR_SYSTEM_CALL: return "the kernel refused a call that should work";
    case DF_FEED_ERROR_UNKNOWN_UNDERLYING: return "the feed has no underlying of this symbol";
    }
    return "unknown error";
}

/* Gives everything back and says why; always false. */
static inline bool df_fail_(df_feed *feed, df_feed_error error, const char *path, const char *extension, const char *detail)
{
    int file = feed->file, directory = feed->directory;
    if (file >= 0) (void)close(file);
    if (directory >= 0) (void)close(directory);
    feed->file = feed->directory = -1;
    feed->error = error;
    (void)snprintf(feed->message, sizeof feed->message, "%.300s%s%.70s%s: %s%s%.60s%s", path, feed->name[0] == '\0' ? "" : "/", feed->name, extension,
        df_feed_error_text(error), detail[0] == '\0' ? "" : " (", detail, detail[0] == '\0' ? "" : ")");
    return false;
}

static inline bool df_is_valid_name_(const char *name)
{
    size_t length = strlen(name);
    if (length < 1 || length > DF_MAX_NAME_LENGTH) return false;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || (c != '.' && c != '_' && c != '-'))) return false;
    }
    return true;
}

/* What is wrong with a file in our place: true when nothing is. */
static inline bool df_is_ours_(const struct stat *status, df_feed_error *error)
{
    if (!S_ISREG(status->st_mode)) *error = DF_FEED_ERROR_NOT_A_FILE;
    else if (status->st_uid != geteuid()) *error = DF_FEED_ERROR_WRONG_OWNER;
    else if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0 || status->st_nlink > 1) *error = DF_FEED_ERROR_NOT_PRIVATE;
    else return true;
    return false;
}

/* Opens a private regular file of the directory; -1 with the error. A file that lost its name meanwhile is not found. */
static inline int df_open_file_(int directory, const char *name, df_feed_error *error, int *number)
{
    struct stat status;
    /* O_NONBLOCK: a FIFO in its place must not hold us up. */
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *number = 0;
    if (file < 0) {
        int failed = errno;
        if (failed == ENOENT) *error = DF_FEED_ERROR_NOT_FOUND;
        else if (failed == ELOOP || failed == EISDIR || failed == ENXIO) *error = DF_FEED_ERROR_NOT_A_FILE;
        else if (failed != EACCES || fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || df_is_ours_(&status, error)) {
            *error = DF_FEED_ERROR_SYSTEM_CALL;
            *number = failed;
        }
        return -1;
    }
    if (fstat(file, &status) != 0) {
        *error = DF_FEED_ERROR_SYSTEM_CALL;
        *number = errno;
    } else if (!df_is_ours_(&status, error)) {
    } else if (status.st_nlink == 0) {
        *error = DF_FEED_ERROR_NOT_FOUND;
    } else {
        return file;
    }
    (void)close(file);
    return -1;
}

static inline uint64_t df_slot_size_(uint64_t payload_bytes)
{
    uint64_t bytes = sizeof(df_slot_header) + payload_bytes;
    return (bytes + DF_SLOT_ALIGNMENT - 1) / DF_SLOT_ALIGNMENT * DF_SLOT_ALIGNMENT;
}

static inline uint64_t df_whole_pages_(uint64_t bytes)
{
    return (bytes + DF_REGION_ALIGNMENT - 1) / DF_REGION_ALIGNMENT * DF_REGION_ALIGNMENT;
}

/* Offset behind a directory of so many entries: regions lie there. */
static inline uint64_t df_regions_offset_(uint64_t entries)
{
    return df_whole_pages_(sizeof(df_feed_header) + entries * sizeof(df_feed_entry));
}

/* Whether the sizes of the header fit each other. The count is bounded first, so that no product overflows. */
static inline bool df_fits_(const df_feed_header *header)
{
    return header->header_size == sizeof(df_feed_header) && header->entry_size == sizeof(df_feed_entry) && header->entry_count >= 1
        && header->entry_count <= DF_MAX_ENTRIES && header->file_size >= df_regions_offset_(header->entry_count) && header->file_size <= INT64_MAX
        && header->heartbeat_limit_nanos > 0;
}

/* Whether an entry is whole and its region lies in the file. Counts are bounded first; what follows from them must be what is written. */
static inline bool df_entry_fits_(const df_feed *feed, const df_feed_entry *entry, uint64_t index)
{
    const df_feed_header *header = &feed->constants;
    if (entry->constants_crc32 != df_crc32_(feed, entry, DF_CHECKED_BYTES) || entry->index != index
        || (entry->kind != DF_FEED_ENTRY_KIND_UNDERLYING && entry->kind != DF_FEED_ENTRY_KIND_COMBINED))
        return false;
    if (entry->strike_capacity < 1 || entry->strike_capacity > DF_MAX_STRIKES || entry->expiry_capacity < 1 || entry->expiry_capacity > DF_MAX_EXPIRIES)
        return false;
    if (entry->slot_count < DF_MIN_SLOTS || entry->slot_count > DF_MAX_SLOTS) return false;
    uint64_t market = sizeof(df_market_section) + entry->strike_capacity * sizeof(df_strike_row) + entry->expiry_capacity * sizeof(df_expiry_row);
    uint64_t slot_size = df_slot_size_(market + sizeof(df_runtime_section)), headline_size = df_slot_size_(sizeof(df_headline));
    uint64_t change_size = df_slot_size_(sizeof(df_level_change)), changes_at = entry->slot_count * slot_size + DF_HEADLINE_SLOTS * headline_size;
    return entry->slot_size == slot_size && entry->headline_slot_count == DF_HEADLINE_SLOTS && entry->headline_slot_size == headline_size
        && entry->change_slot_count == DF_CHANGE_SLOTS && entry->change_slot_size == change_size
        && entry->headline_offset == entry->slot_count * slot_size && entry->change_offset == changes_at
        && entry->region_size == df_whole_pages_(changes_at + DF_CHANGE_SLOTS * change_size) && entry->region_offset % DF_REGION_ALIGNMENT == 0
        && entry->region_offset >= df_regions_offset_(header->entry_count) && entry->region_offset <= header->file_size
        && header->file_size - entry->region_offset >= entry->region_size;
}

/* The most basic reason first, as the C# reader has them. read: bytes of the header that the file has. */
static inline bool df_is_sound_(const df_feed *feed, const df_feed_header *header, size_t read, uint64_t file_size, df_feed_error *error)
{
    uint64_t swapped = __builtin_bswap64(DF_MAGIC);
    bool is_feed = header->magic == DF_MAGIC, is_whole = read == sizeof *header;
    if (!is_feed && header->magic != swapped) *error = DF_FEED_ERROR_NOT_A_FEED;
    else if (!is_whole) *error = DF_FEED_ERROR_TRUNCATED;
    else if (!is_feed || header->endian_mark != DF_ENDIAN_MARK) *error = DF_FEED_ERROR_WRONG_ENDIANNESS;
    else if (header->version != DF_VERSION) *error = DF_FEED_ERROR_WRONG_VERSION;
    else if (header->layout_hash != DF_LAYOUT_HASH) *error = DF_FEED_ERROR_WRONG_LAYOUT;
    else if (header->constants_crc32 != df_crc32_(feed, header, DF_CHECKED_BYTES) || !df_fits_(header)) *error = DF_FEED_ERROR_DAMAGED_HEADER;
    else if (header->file_size != file_size) *error = DF_FEED_ERROR_TRUNCATED;
    else return true;
    return false;
}

/* The entry of a symbol, or with NULL the first, into feed->entry; false with the error where there is none or it is damaged. */
static inline bool df_find_(df_feed *feed, const char *symbol, df_feed_error *error)
{
    df_feed_entry some[8];
    char wanted[8] = {0};
    size_t length = symbol != NULL ? strlen(symbol) : 0;
    *error = DF_FEED_ERROR_UNKNOWN_UNDERLYING;
    if (symbol != NULL && (length < 1 || length > sizeof wanted)) return false;
    if (symbol != NULL) memcpy(wanted, symbol, length);
    for (uint64_t first = 0; first < feed->constants.entry_count; first += 8) {
        uint64_t left = feed->constants.entry_count - first, count = left < 8 ? left : 8;
        if (!df_pread_(feed->file, sizeof(df_feed_header) + first * sizeof some[0], (size_t)count * sizeof some[0], some)) {
            *error = DF_FEED_ERROR_TRUNCATED;
            return false;
        }
        for (uint64_t i = 0; i < count; i++) {
            if (symbol != NULL && memcmp(some[i].symbol, wanted, sizeof wanted) != 0) continue;
            feed->entry = some[i];
            *error = DF_FEED_ERROR_DAMAGED_HEADER;
            return df_entry_fits_(feed, &feed->entry, first + i);
        }
    }
    return false;
}

static inline bool df_underlying(const df_feed *feed, uint64_t index, char text[9])
{
    char symbol[8];
    if (index >= feed->constants.entry_count) return false;
    if (!df_pread_(feed->file, sizeof(df_feed_header) + index * sizeof(df_feed_entry) + offsetof(df_feed_entry, symbol), sizeof symbol, symbol)) return false;
    (void)df_text(text, symbol);
    for (int i = 0; i < 8 && text[i] != '\0'; i++)
        if (text[i] < '!' || text[i] > '~') text[i] = '?';
    return true;
}

/* As many symbols as have room, for a message. */
static inline void df_underlyings_(const df_feed *feed, char *text, size_t room)
{
    char symbol[9];
    size_t used = 0;
    for (uint64_t i = 0; i < 4 && used < room && df_underlying(feed, i, symbol); i++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", i == 0 ? "it has " : ", ", symbol[0] == '\0' ? "one without a symbol" : symbol);
    if (feed->constants.entry_count > 4 && used < room) (void)snprintf(text + used, room - used, ", %llu more", (unsigned long long)feed->constants.entry_count - 4);
}

/* Of the file, which is known to be that long. The kernel maps from the begin of a page, which is larger than 4096 on some machines. */
static inline bool df_map_(df_feed *feed, df_window_ *window, uint64_t offset, uint64_t size, df_access access)
{
    window->offset = offset;
    window->size = size;
    if (access == DF_UNMAPPED) return true;
    window->before = offset % (uint64_t)sysconf(_SC_PAGESIZE);
    void *map = mmap(NULL, (size_t)(window->before + size), PROT_READ, MAP_SHARED | MAP_POPULATE, feed->file, (off_t)(offset - window->before));
    if (map == MAP_FAILED) return false;
    window->map = (const unsigned char *)map + window->before;
    return true;
}

static inline void df_unmap_(df_window_ *window)
{
    if (window->map != NULL) (void)munmap((void *)(uintptr_t)(window->map - window->before), (size_t)(window->before + window->size));
    window->map = NULL;
}

static inline bool df_open(df_feed *feed, const char *directory, const char *name, const char *symbol, df_access access)
{
    char path[4096], file_name[DF_MAX_NAME_LENGTH + 8], detail[64];
    struct stat status;
    df_feed_error error = DF_FEED_ERROR_SYSTEM_CALL;
    int number = 0;

    memset(feed, 0, sizeof *feed);
    feed->file = feed->directory = -1;
    feed->probed_heartbeat_nanos = INT64_MIN;
    df_crc_table_(feed->crc_table);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"))
        feed->carryless_bits = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vpclmulqdq") ? 256 : 128;
#endif

    if (directory == NULL) directory = getenv("DEALERFLOW_FEED_DIR");
    int length = directory != NULL && directory[0] != '\0' ? snprintf(path, sizeof path, "%s", directory)
                                                           : snprintf(path, sizeof path, "/dev/shm/dealerflow-%u", (unsigned)geteuid());
    if (length < 0 || (size_t)length >= sizeof path) return df_fail_(feed, DF_FEED_ERROR_DIRECTORY_NOT_FOUND, "(a path too long)", "", "");
    /* Behind a slash the kernel would follow a link in the last place. */
    while (length > 1 && path[length - 1] == '/') path[--length] = '\0';
    if (!df_is_valid_name_(name)) return df_fail_(feed, DF_FEED_ERROR_INVALID_NAME, path, "", "");

    feed->directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (feed->directory < 0) {
        int failed = errno;
        (void)snprintf(detail, sizeof detail, "errno %d", failed);
        if (failed == ENOENT) return df_fail_(feed, DF_FEED_ERROR_DIRECTORY_NOT_FOUND, path, "", "");
        if (failed == ENOTDIR || failed == ELOOP || failed == EACCES) return df_fail_(feed, DF_FEED_ERROR_DIRECTORY_NOT_PRIVATE, path, "", "");
        return df_fail_(feed, DF_FEED_ERROR_SYSTEM_CALL, path, "", detail);
    }
    if (fstat(feed->directory, &status) != 0 || status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return df_fail_(feed, DF_FEED_ERROR_DIRECTORY_NOT_PRIVATE, path, "", "");

    memcpy(feed->name, name, strlen(name) + 1);
    (void)snprintf(file_name, sizeof file_name, "%s.feed", name);
    feed->file = df_open_file_(feed->directory, file_name, &error, &number);
    if (feed->file < 0) {
        detail[0] = '\0';
        if (number != 0) (void)snprintf(detail, sizeof detail, "errno %d", number);
        return df_fail_(feed, error, path, ".feed", detail);
    }

    /* By a system call, not through a mapping: nothing of a file is touched before it is known to be there. */
    size_t read = 0;
    while (read < sizeof feed->constants) {
        ssize_t got = pread(feed->file, (unsigned char *)&feed->constants + read, sizeof feed->constants - read, (off_t)read);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        read += (size_t)got;
    }
    if (fstat(feed->file, &status) != 0) return df_fail_(feed, DF_FEED_ERROR_SYSTEM_CALL, path, ".feed", "");
    const df_feed_header *header = &feed->constants;
    if (!df_is_sound_(feed, header, read, (uint64_t)status.st_size, &error)) {
        detail[0] = '\0';
        if (error == DF_FEED_ERROR_WRONG_VERSION)
            (void)snprintf(detail, sizeof detail, "%llu, not %d", (unsigned long long)header->version, DF_VERSION);
        if (error == DF_FEED_ERROR_WRONG_LAYOUT)
            (void)snprintf(detail, sizeof detail, "0x%016llX, not 0x%016llX", (unsigned long long)header->layout_hash, (unsigned long long)DF_LAYOUT_HASH);
        if (error == DF_FEED_ERROR_TRUNCATED) (void)snprintf(detail, sizeof detail, "%lld bytes", (long long)status.st_size);
        return df_fail_(feed, error, path, ".feed", detail);
    }
    if (!df_find_(feed, symbol, &error)) {
        detail[0] = '\0';
        if (error == DF_FEED_ERROR_UNKNOWN_UNDERLYING) df_underlyings_(feed, detail, sizeof detail);
        return df_fail_(feed, error, path, ".feed", detail);
    }
    const df_feed_entry *entry = &feed->entry;
    feed->market_capacity =
        sizeof(df_market_section) + entry->strike_capacity * sizeof(df_strike_row) + entry->expiry_capacity * sizeof(df_expiry_row);
    if (df_map_(feed, &feed->header_window, 0, sizeof *header, access)
        && df_map_(feed, &feed->entry_window, sizeof *header + (uint64_t)entry->index * sizeof *entry, sizeof *entry, access)
        && df_map_(feed, &feed->region, entry->region_offset, entry->region_size, access)) return true;
    (void)snprintf(detail, sizeof detail, "mmap, errno %d", errno);
    df_unmap_(&feed->header_window);
    df_unmap_(&feed->entry_window);
    return df_fail_(feed, DF_FEED_ERROR_SYSTEM_CALL, path, ".feed", detail);
}

static inline void df_close(df_feed *feed)
{
    df_unmap_(&feed->header_window);
    df_unmap_(&feed->entry_window);
    df_unmap_(&feed->region);
    if (feed->file >= 0) (void)close(feed->file);
    if (feed->directory >= 0) (void)close(feed->directory);
    feed->file = feed->directory = -1;
}

/* ---- reading ---- */

/* Where numbers are published, and the slots that they lie in. */
typedef struct df_slots_ {
    uint64_t published_at;
    uint64_t first;
    uint64_t count;
    uint64_t size;
    uint64_t least_bytes;
    uint64_t most_bytes;
} df_slots_;

/* The protocol of docs/wire-format.md: copies a section and its runtime section; section_bytes is the length of the former. */
static inline df_snapshot_read_status df_read_slot_(df_feed *feed, const df_slots_ *slots, unsigned char *copy, uint64_t *section_bytes)
{
    df_snapshot_read_status verdict = DF_SNAPSHOT_READ_STATUS_BUSY;
    for (int attempt = 0; attempt < DF_MAX_ATTEMPTS; attempt++) {
        uint64_t number, version, again, bytes, checksum;
        /* An acquire: the slot is looked at after its number. */
        if (!df_load_(feed, &feed->entry_window, slots->published_at, &number)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
        if (number == 0) return DF_SNAPSHOT_READ_STATUS_NOTHING_PUBLISHED;
        uint64_t slot = slots->first + number % slots->count * slots->size;
        if (!df_load_(feed, &feed->region, slot + offsetof(df_slot_header, version), &version)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
        if (version == 2 * number) {
            if (!df_load_(feed, &feed->region, slot + offsetof(df_slot_header, market_bytes), &bytes)
                || !df_load_(feed, &feed->region, slot + offsetof(df_slot_header, payload_crc32), &checksum)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            bool fits = bytes >= slots->least_bytes && bytes <= slots->most_bytes && bytes % 8 == 0;
            size_t length = fits ? (size_t)bytes + sizeof(df_runtime_section) : 0;
            if (!df_copy_(feed, &feed->region, slot + sizeof(df_slot_header), length, copy)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            __atomic_thread_fence(__ATOMIC_ACQUIRE); /* every payload byte is loaded before the second look */
            if (!df_load_(feed, &feed->region, slot + offsetof(df_slot_header, version), &again)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            if (again == version) {
                df_runtime_section runtime;
                if (!fits || df_crc32_(feed, copy, length) != (uint32_t)checksum) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
                memcpy(&runtime, copy + bytes, sizeof runtime);
                *section_bytes = bytes;
                return runtime.publish_number == number ? DF_SNAPSHOT_READ_STATUS_OK : DF_SNAPSHOT_READ_STATUS_CORRUPT;
            }
            verdict = DF_SNAPSHOT_READ_STATUS_BUSY;
        } else {
            /* The writer takes a slot again only after it has published newer numbers. If it has not, the word is damaged. */
            if (!df_load_(feed, &feed->entry_window, slots->published_at, &again)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            verdict = again == number ? DF_SNAPSHOT_READ_STATUS_CORRUPT : DF_SNAPSHOT_READ_STATUS_BUSY;
            /* pread does not promise that a word is copied in one piece, so there it has to be damaged every time. */
            if (verdict == DF_SNAPSHOT_READ_STATUS_CORRUPT && feed->region.map != NULL) return verdict;
        }
        feed->retries++;
    }
    if (verdict == DF_SNAPSHOT_READ_STATUS_BUSY) feed->busy_reads++;
    return verdict;
}

static inline df_snapshot_read_status df_read_headline(df_feed *feed, df_headline *headline)
{
    DF_STATIC_ASSERT(sizeof(df_headline) == sizeof(df_headline_section) + sizeof(df_runtime_section), "a headline is its two sections");
    const df_slots_ slots = {offsetof(df_feed_entry, headline_published), feed->entry.headline_offset, feed->entry.headline_slot_count,
        feed->entry.headline_slot_size, sizeof(df_headline_section), sizeof(df_headline_section)};
    uint64_t bytes;
    return df_read_slot_(feed, &slots, (unsigned char *)headline, &bytes);
}

static inline df_snapshot_read_status df_read_snapshot(df_feed *feed, df_snapshot *snapshot)
{
    const df_slots_ slots = {offsetof(df_feed_entry, published), 0, feed->entry.slot_count, feed->entry.slot_size,
        sizeof(df_market_section), feed->market_capacity};
    uint64_t bytes = 0;
    if (snapshot->capacity < feed->market_capacity + sizeof(df_runtime_section)) return DF_SNAPSHOT_READ_STATUS_CORRUPT; /* made for another feed */
    df_snapshot_read_status status = df_read_slot_(feed, &slots, snapshot->spare, &bytes);
    if (status != DF_SNAPSHOT_READ_STATUS_OK) return status;
    const df_market_section *market = (const df_market_section *)(const void *)snapshot->spare;
    uint64_t rows = (uint64_t)market->strike_count * sizeof(df_strike_row) + (uint64_t)market->expiry_count * sizeof(df_expiry_row);
    if (sizeof *market + rows != bytes) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
    unsigned char *shown = snapshot->shown;
    snapshot->shown = snapshot->spare;
    snapshot->spare = shown;
    snapshot->market_bytes = (size_t)bytes;
    return DF_SNAPSHOT_READ_STATUS_OK;
}

static inline df_snapshot_read_status df_read_change(df_feed *feed, uint64_t *position, df_level_change *change, uint64_t *missed)
{
    const df_feed_entry *entry = &feed->entry;
    df_snapshot_read_status verdict = DF_SNAPSHOT_READ_STATUS_BUSY;
    *missed = 0;
    /* A word that a foreign hand keeps changing must not keep the reader for ever. */
    uint32_t empty = 0;
    for (int attempt = 0; attempt < DF_MAX_ATTEMPTS && empty <= entry->change_slot_count;) {
        uint64_t last, version, again, bytes, checksum;
        /* An acquire: the slot is looked at after its number. */
        if (!df_load_(feed, &feed->entry_window, offsetof(df_feed_entry, change_published), &last)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
        if (*position > last) *position = 0; /* a number of another file of this name */
        if (*position == last) return DF_SNAPSHOT_READ_STATUS_NOTHING_PUBLISHED;
        /* The slot after the last may be in the writer's hands already. */
        uint64_t oldest = last < entry->change_slot_count ? 1 : last - entry->change_slot_count + 2;
        if (*position + 1 < oldest) {
            *missed += oldest - 1 - *position;
            *position = oldest - 1;
        }
        uint64_t number = *position + 1, slot = entry->change_offset + number % entry->change_slot_count * entry->change_slot_size;
        if (!df_load_(feed, &feed->region, slot + offsetof(df_slot_header, version), &version)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
        if (version == 0) {
            /* Numbers go on when the writer has to make a new file: this one was in the old. */
            *position = number;
            ++*missed;
            empty++;
            continue;
        }
        if (version == 2 * number) {
            if (!df_load_(feed, &feed->region, slot + offsetof(df_slot_header, market_bytes), &bytes)
                || !df_load_(feed, &feed->region, slot + offsetof(df_slot_header, payload_crc32), &checksum)
                || !df_copy_(feed, &feed->region, slot + sizeof(df_slot_header), sizeof *change, change)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            __atomic_thread_fence(__ATOMIC_ACQUIRE); /* every byte of the notice is loaded before the second look */
            if (!df_load_(feed, &feed->region, slot + offsetof(df_slot_header, version), &again)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            if (again == version) {
                *position = number;
                bool sound = bytes == sizeof *change && df_crc32_(feed, change, sizeof *change) == (uint32_t)checksum && change->number == number;
                return sound ? DF_SNAPSHOT_READ_STATUS_OK : DF_SNAPSHOT_READ_STATUS_CORRUPT;
            }
            verdict = DF_SNAPSHOT_READ_STATUS_BUSY;
        } else {
            if (!df_load_(feed, &feed->entry_window, offsetof(df_feed_entry, change_published), &again)) return DF_SNAPSHOT_READ_STATUS_CORRUPT;
            verdict = again == last ? DF_SNAPSHOT_READ_STATUS_CORRUPT : DF_SNAPSHOT_READ_STATUS_BUSY;
            if (verdict == DF_SNAPSHOT_READ_STATUS_CORRUPT && (feed->region.map != NULL || attempt == DF_MAX_ATTEMPTS - 1)) {
                *position = number;
                return verdict;
            }
        }
        feed->retries++;
        attempt++;
    }
    feed->busy_reads++;
    return verdict;
}

static inline bool df_snapshot_create(df_snapshot *snapshot, const df_feed *feed)
{
    memset(snapshot, 0, sizeof *snapshot);
    size_t capacity = (size_t)feed->market_capacity + sizeof(df_runtime_section);
    snapshot->shown = (unsigned char *)malloc(capacity);
    snapshot->spare = (unsigned char *)malloc(capacity);
    if (snapshot->shown == NULL || snapshot->spare == NULL) {
        df_snapshot_free(snapshot);
        return false;
    }
    snapshot->capacity = capacity;
    return true;
}

static inline void df_snapshot_free(df_snapshot *snapshot)
{
    free(snapshot->shown);
    free(snapshot->spare);
    memset(snapshot, 0, sizeof *snapshot);
}

/* ---- state ---- */

/* Holds a shared lock for the length of one system call. Not free where that cannot be known. */
static inline bool df_lock_is_free_(const df_feed *feed)
{
    char lock_name[DF_MAX_NAME_LENGTH + 8];
    df_feed_error error;
    int number;
    (void)snprintf(lock_name, sizeof lock_name, "%s.lock", feed->name);
    int lock = df_open_file_(feed->directory, lock_name, &error, &number);
    if (lock < 0) return error == DF_FEED_ERROR_NOT_FOUND;
    bool free = flock(lock, LOCK_SH | LOCK_NB) == 0;
    if (free) (void)flock(lock, LOCK_UN);
    (void)close(lock);
    return free;
}

static inline df_feed_state df_ask_kernel_(const df_feed *feed, uint64_t writer_state)
{
    struct stat status;
    char file_name[DF_MAX_NAME_LENGTH + 8];
    if (fstat(feed->file, &status) == 0 && status.st_nlink == 0) {
        (void)snprintf(file_name, sizeof file_name, "%s.feed", feed->name);
        return fstatat(feed->directory, file_name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? DF_FEED_STATE_SUPERSEDED : DF_FEED_STATE_NOT_FOUND;
    }
    if (writer_state == DF_FEED_WRITER_STATE_CLOSED) return DF_FEED_STATE_CLOSED;
    return df_lock_is_free_(feed) ? DF_FEED_STATE_DEAD : DF_FEED_STATE_STALLED;
}

static inline df_feed_state df_probe_(df_feed *feed, uint64_t writer_state, int64_t heartbeat, int64_t now)
{
    const int64_t interval_nanos = INT64_C(100000000);
    if (writer_state == feed->probed_state && heartbeat == feed->probed_heartbeat_nanos && now < feed->next_probe_nanos) return feed->probed;
    feed->probed = df_ask_kernel_(feed, writer_state);
    feed->probed_state = writer_state;
    feed->probed_heartbeat_nanos = heartbeat;
    feed->next_probe_nanos = now + interval_nanos;
    return feed->probed;
}

static inline df_feed_state df_state(df_feed *feed)
{
    uint64_t constants[DF_CONSTANT_BYTES / 8], state, heartbeat, progress, published_epoch, epoch;
    const df_window_ *header = &feed->header_window, *entry = &feed->entry_window;
    if (!df_copy_(feed, header, 0, sizeof constants, constants) || memcmp(constants, &feed->constants, sizeof constants) != 0) return DF_FEED_STATE_CORRUPT;
    if (!df_copy_(feed, entry, 0, sizeof constants, constants) || memcmp(constants, &feed->entry, sizeof constants) != 0) return DF_FEED_STATE_CORRUPT;
    /* In this order, and all before the clock: a writer that starts beats before it says so, progress is vouched for by the heartbeat, and a new
     * writer's heartbeat never meets the epoch of its predecessor. */
    if (!df_load_(feed, header, offsetof(df_feed_header, state), &state) || !df_load_(feed, entry, offsetof(df_feed_entry, heartbeat_nanos), &heartbeat)
        || !df_load_(feed, entry, offsetof(df_feed_entry, progress_nanos), &progress)
        || !df_load_(feed, entry, offsetof(df_feed_entry, published_epoch), &published_epoch)
        || !df_load_(feed, header, offsetof(df_feed_header, epoch), &epoch)) return DF_FEED_STATE_CORRUPT;
    int64_t now = df_monotonic_nanos(), limit = feed->constants.heartbeat_limit_nanos;
    uint64_t age = (uint64_t)now - heartbeat; /* of a heartbeat from the future, which is one of an earlier boot, a number beyond every limit */
    bool alive = age <= (uint64_t)limit;
    switch (state) {
    case DF_FEED_WRITER_STATE_SUPERSEDED: return DF_FEED_STATE_SUPERSEDED;
    case DF_FEED_WRITER_STATE_CLOSED: return df_probe_(feed, state, (int64_t)heartbeat, now);
    case DF_FEED_WRITER_STATE_OPEN:
        if (!alive) return df_probe_(feed, state, (int64_t)heartbeat, now);
        if (published_epoch != epoch) return DF_FEED_STATE_RECOVERING;
        return (int64_t)((uint64_t)now - progress) <= limit ? DF_FEED_STATE_LIVE : DF_FEED_STATE_IDLE;
    default: return DF_FEED_STATE_CORRUPT;
    }
}

#ifdef __cplusplus
}
#endif

#endif
