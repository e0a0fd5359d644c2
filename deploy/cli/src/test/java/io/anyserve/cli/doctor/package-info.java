@NullMarked
package io.anyserve.cli.doctor;

import org.jspecify.annotations.NullMarked;
