/** A door for the simulation to what only this package sees. */
@NullMarked
package io.anyserve.metering;

import org.jspecify.annotations.NullMarked;
