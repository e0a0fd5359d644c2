/** Takes requests, runs engines and writes token events: one process's part of the pipeline. */
@NullMarked
package io.anyserve.worker;

import org.jspecify.annotations.NullMarked;
