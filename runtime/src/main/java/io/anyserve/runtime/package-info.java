/**
 * What every process has: settings, components that start and stop, health and metrics over HTTP.
 */
@NullMarked
package io.anyserve.runtime;

import org.jspecify.annotations.NullMarked;
