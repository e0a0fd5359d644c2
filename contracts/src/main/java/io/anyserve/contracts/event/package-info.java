/** The records that services write for each other, and the rules by which they are read. */
@NullMarked
package io.anyserve.contracts.event;

import org.jspecify.annotations.NullMarked;
