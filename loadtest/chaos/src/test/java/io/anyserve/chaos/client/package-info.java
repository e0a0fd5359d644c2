/** Tests of the fault suite. */
@NullMarked
package io.anyserve.chaos.client;

import org.jspecify.annotations.NullMarked;
