/** Quotas: limits, what they were used for, and the fold of the log that decides who is let in. */
@NullMarked
package io.anyserve.quota;

import org.jspecify.annotations.NullMarked;
