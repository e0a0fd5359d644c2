/** Models of a Hugging Face hub: downloaded, checked, and kept in a folder of this machine. */
@NullMarked
package io.anyserve.worker.hub;

import org.jspecify.annotations.NullMarked;
