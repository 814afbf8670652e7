#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void broken(const char *path, const char *what) {
    fprintf(stderr, "%s: cannot %s: %s\n", path, what, strerror(errno));
    exit(2);
}

folder folder_new(void) {
    folder made;
    const char *parent = getenv("TMPDIR");
    if ((size_t)snprintf(made.path, sizeof made.path, "%s/pagecrypt-c-XXXXXX", parent ? parent : "/tmp") >=
        sizeof made.path) {
        broken(parent, "make a folder in it: the path is too long");
    }
    if (mkdtemp(made.path) == NULL) {
        broken(made.path, "make it");
    }
    return made;
}

const char *folder_at(const folder *folder, const char *name) {
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

void folder_write(const folder *folder, const char *name, bytes content) {
    const char *path = folder_at(folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(content.at, 1, content.length, file) != content.length || fclose(file) != 0) {
        broken(path, "write");
    }
}

void folder_copy(const folder *folder, const char *name, const char *vector) {
    bytes content = vectors_file(vector);
    folder_write(folder, name, content);
    bytes_free(&content);
}

void folder_flip(const folder *folder, const char *name, size_t offset) {
    bytes content = folder_read(folder, name);
    REQUIRE(offset < content.length);
    content.at[offset] ^= 0x20;
    folder_write(folder, name, content);
    bytes_free(&content);
}

bytes folder_read(const folder *folder, const char *name) {
    return file_read(folder_at(folder, name));
}

bool folder_has(const folder *folder, const char *name) {
    return access(folder_at(folder, name), F_OK) == 0;
}

static int by_text(const void *one, const void *other) {
    return strcmp(one, other);
}

folder_content folder_look(const folder *folder) {
    folder_content content = {0};
    DIR *directory = opendir(folder->path);
    if (directory == NULL) {
        broken(folder->path, "list");
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        REQUIRE(content.count < LENGTH(content.names) && strlen(entry->d_name) < sizeof content.names[0]);
        strcpy(content.names[content.count++], entry->d_name);
    }
    closedir(directory);
    qsort(content.names, content.count, sizeof content.names[0], by_text);
    for (size_t i = 0; i < content.count; i++) {
        bytes file = folder_read(folder, content.names[i]);
        sha256_hex(file.at, file.length, content.hashes[i]);
        bytes_free(&file);
    }
    return content;
}

void folder_forget(folder_content *content, const char *name) {
    size_t kept = 0;
    for (size_t i = 0; i < content->count; i++) {
        if (strcmp(content->names[i], name) != 0) {
            memmove(content->names[kept], content->names[i], sizeof content->names[0]);
            memmove(content->hashes[kept], content->hashes[i], sizeof content->hashes[0]);
            kept += 1;
        }
    }
    content->count = kept;
}

bool folder_same(const folder_content *one, const folder_content *other) {
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++) {
        same = strcmp(one->names[i], other->names[i]) == 0 && strcmp(one->hashes[i], other->hashes[i]) == 0;
    }
    return same;
}

void folder_remove(const folder *folder) {
    folder_content content = folder_look(folder);
    for (size_t i = 0; i < content.count; i++) {
        if (unlink(folder_at(folder, content.names[i])) != 0) {
            broken(content.names[i], "remove");
        }
    }
    if (rmdir(folder->path) != 0) {
        broken(folder->path, "remove");
    }
}
