/** Tests of the fault suite. */
@NullMarked
package io.anyserve.chaos;

import org.jspecify.annotations.NullMarked;
