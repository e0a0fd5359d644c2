@NullMarked
package io.anyserve.loadtest.simulation;

import org.jspecify.annotations.NullMarked;
