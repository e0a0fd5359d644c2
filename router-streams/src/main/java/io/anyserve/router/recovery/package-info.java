/** Requests in flight, and how those of a lost worker are published again. */
@NullMarked
package io.anyserve.router.recovery;

import org.jspecify.annotations.NullMarked;
