/** Conversations: the table of their records, edits that are written to the log, and queries. */
@NullMarked
package io.anyserve.router.conversations;

import org.jspecify.annotations.NullMarked;
