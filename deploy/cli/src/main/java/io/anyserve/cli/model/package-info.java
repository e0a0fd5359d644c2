/** The commands that download models and manage those that were downloaded. */
@NullMarked
package io.anyserve.cli.model;

import org.jspecify.annotations.NullMarked;
