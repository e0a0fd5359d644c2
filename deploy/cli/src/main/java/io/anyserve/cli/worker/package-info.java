/** Commands that show and steer workers. */
@NullMarked
package io.anyserve.cli.worker;

import org.jspecify.annotations.NullMarked;
