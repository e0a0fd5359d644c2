/** What every process has: settings, parts that start and stop, health and metrics over HTTP. */
@NullMarked
package io.anyserve.runtime;

import org.jspecify.annotations.NullMarked;
