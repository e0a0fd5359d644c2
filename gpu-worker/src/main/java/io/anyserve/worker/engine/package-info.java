/** What an engine is to the worker: sequences go in, pieces of answers come out, step by step. */
@NullMarked
package io.anyserve.worker.engine;

import org.jspecify.annotations.NullMarked;
