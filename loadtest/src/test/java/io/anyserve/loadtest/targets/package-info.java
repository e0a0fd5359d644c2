/** Tests of the targets, against real services. */
@NullMarked
package io.anyserve.loadtest.targets;

import org.jspecify.annotations.NullMarked;
