/** What machines are set up with, against what the services read. */
@NullMarked
package io.anyserve.deployment;

import org.jspecify.annotations.NullMarked;
