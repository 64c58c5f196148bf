/* How much more memory this process can have. */
#ifndef SUPCERT_BASE_ROOM_H
#define SUPCERT_BASE_ROOM_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes that can still be taken before the machine (without its swap), a control group, or a limit of the
 * process on its address space or its data stands in the way; UINT64_MAX where none of them tells. */
uint64_t room_for_memory(void);

/* Bytes of the process that are in memory; where the system does not tell, the most there have been. */
uint64_t room_taken(void);

/* Whether work that may end early should: an allocation has failed (see mem_is_short), or less is left than
 * an eighth of what the process takes. The system is asked, which takes some tens of microseconds. */
bool room_is_short(void);

#endif
