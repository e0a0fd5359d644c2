/** The topics: their names, keys, values and settings, and the command that creates them. */
@NullMarked
package io.anyserve.contracts.topic;

import org.jspecify.annotations.NullMarked;
