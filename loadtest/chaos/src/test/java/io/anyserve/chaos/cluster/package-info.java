/** Tests of the fault suite. */
@NullMarked
package io.anyserve.chaos.cluster;

import org.jspecify.annotations.NullMarked;
