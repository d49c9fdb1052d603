#ifndef SYS_FILES_H
#define SYS_FILES_H

/* files.h: the files that a command line names. */

#include "base/bytes.h"
#include "base/err.h"

/* struct file_list: paths in order, owned by the list. */
struct file_list {
    char **paths;
    size_t count;
    size_t cap;
};

/* file_list_add adds a file, or all files below a folder whose names end in ".json", sorted by name
 * within each folder. Errors: ERR_IO, with *detail saying which and why; what could be read has
 * been added. ERR_MEMORY. */
enum err file_list_add(struct file_list *list, const char *path, struct err_detail *detail);

/* file_list_free releases the paths. */
void file_list_free(struct file_list *list);

/* file_map maps a file for reading. *out is valid until file_unmap. Errors: ERR_IO. */
enum err file_map(struct bytes *out, const char *path, struct err_detail *detail);
void file_unmap(struct bytes file);

#endif
