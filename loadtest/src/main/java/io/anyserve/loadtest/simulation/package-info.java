/** A model of the whole service in virtual time, which the load generator's scenarios load. */
@NullMarked
package io.anyserve.loadtest.simulation;

import org.jspecify.annotations.NullMarked;
