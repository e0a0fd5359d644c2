/** A door for the simulation to what only this package sees. */
@NullMarked
package io.anyserve.router;

import org.jspecify.annotations.NullMarked;
