@NullMarked
package io.anyserve.loadtest.capacity;

import org.jspecify.annotations.NullMarked;
