/* Temporary folders for the tests of file functions. */
#ifndef FOLDER_H
#define FOLDER_H

#include "vectors.h"

typedef struct folder {
    char path[256];
} folder;

/* Every file of a folder: names, and a hash of name and bytes each, in order of the names. */
typedef struct folder_content {
    size_t count;
    char names[16][64];
    char hashes[16][65];
} folder_content;

folder folder_new(void);
/* The path of `name` in it; valid until the eighth call after this one. */
const char *folder_at(const folder *folder, const char *name);
void folder_write(const folder *folder, const char *name, bytes content);
/* Copies a file of vectors/ into it. */
void folder_copy(const folder *folder, const char *name, const char *vector);
/* Changes the byte at `offset` of a file. */
void folder_flip(const folder *folder, const char *name, size_t offset);
bytes folder_read(const folder *folder, const char *name);
bool folder_has(const folder *folder, const char *name);
folder_content folder_look(const folder *folder);
/* Leaves a file out of the comparison. */
void folder_forget(folder_content *content, const char *name);
bool folder_same(const folder_content *one, const folder_content *other);
/* Removes it and the files in it. */
void folder_remove(const folder *folder);

#endif
