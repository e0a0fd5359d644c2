/** Commands that send requests and read their results. */
@NullMarked
package io.anyserve.cli.request;

import org.jspecify.annotations.NullMarked;
