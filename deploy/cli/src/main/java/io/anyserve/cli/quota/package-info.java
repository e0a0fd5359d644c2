/** The command that reads and sets quotas. */
@NullMarked
package io.anyserve.cli.quota;

import org.jspecify.annotations.NullMarked;
