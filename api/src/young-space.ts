/**
 * Where V8 makes new things. A start makes many that stay, modules above all. V8 takes that for how it will go on, has the
 * room for them grow to 16 MiB twice over, and keeps that while nothing happens. So it does not grow while the program
 * starts: what stays is moved to the old space a little earlier. Under load it grows as ever.
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Everything begins there. Events live until their commit, through a collection or two. V8 else concludes that such things
 * stay and makes the next ones where only full collections find them, which come every second then.
 */
export function makeAllThingsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/** From now on it stays as it is; until a thread starts, with which V8 sets this anew. */
export function holdYoungSpace(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** From now on it grows as V8 has it. */
export function letYoungSpaceGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
