/* Temporary files and folders of tests, in TMPDIR or where the system keeps them. Whoever makes one removes
 * it and frees its path. A test that cannot make one fails. */
#ifndef SUPCERT_TESTS_TEMPORARY_H
#define SUPCERT_TESTS_TEMPORARY_H

/* An empty file whose name ends with `suffix`. */
char *temporary_file(const char *suffix);
char *temporary_folder(void);
/* Removes the file, and frees its path. */
void temporary_remove(char *path);

#endif
