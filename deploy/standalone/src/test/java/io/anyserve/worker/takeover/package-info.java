/** A door for the simulation to what only this package sees. */
@NullMarked
package io.anyserve.worker.takeover;

import org.jspecify.annotations.NullMarked;
