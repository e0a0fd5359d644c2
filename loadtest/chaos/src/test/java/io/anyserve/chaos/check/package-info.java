/** Tests of the fault suite. */
@NullMarked
package io.anyserve.chaos.check;

import org.jspecify.annotations.NullMarked;
