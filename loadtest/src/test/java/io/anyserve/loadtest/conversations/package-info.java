/** Tests of what is written, and of what the report says. */
@NullMarked
package io.anyserve.loadtest.conversations;

import org.jspecify.annotations.NullMarked;
