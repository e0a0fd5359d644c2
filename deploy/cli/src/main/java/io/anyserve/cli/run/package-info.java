/** Commands that run services in this process. */
@NullMarked
package io.anyserve.cli.run;

import org.jspecify.annotations.NullMarked;
