/** Requests in flight, and how those of a lost worker run again. */
@NullMarked
package io.anyserve.router.recovery;

import org.jspecify.annotations.NullMarked;
