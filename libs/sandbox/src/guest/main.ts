/** What the host gets hold of: the completion value of the base bundle. Nothing of it is reachable from scripts. */

import { dispatch, type HostCallbacks, install, uncaught } from './bridge.ts';
import { startClock } from './clock.ts';
import { installGlobals } from './globals/install.ts';
import { rememberBuiltIns } from './integrity/built-ins.ts';
import { startKeeping } from './integrity/kept-values.ts';
import { layTripwires, touch } from './integrity/tripwires.ts';
import { lockDown } from './lockdown.ts';
import { SCRIPT_MODULES } from './modules/registry.ts';
import { definePackage, evaluateAhead, type PackageBundle, setPackages } from './packages/registry.ts';
import { keepAccountOfProxies } from './proxies.ts';
import { definesFunction } from './run/defines-function.ts';
import { reset, runScript } from './run/run-script.ts';
import { setTickErrorHandler } from './ticks.ts';

type Callback<Name extends keyof HostCallbacks> = HostCallbacks[Name];

lockDown();
keepAccountOfProxies(touch);
layTripwires();
installGlobals();
startClock();
setTickErrorHandler(uncaught);

/** Called by the host through references; `install` first. */
export const guest = {
  install(
    post: Callback<'post'>,
    postAndWait: Callback<'postAndWait'>,
    ask: Callback<'ask'>,
    packages: string,
    /** It will serve one run, so that nothing has to be put back. */
    isSingle: boolean,
  ) {
    install({ post, postAndWait, ask });
    startKeeping(isSingle);
    if (!isSingle) rememberBuiltIns();
    setPackages(packages.split(',').map((entry) => entry.split('=') as [string, string]));
  },
  definePackage: (name: string, bundle: PackageBundle) => definePackage(name, bundle),
  /** Evaluates packages before any script requires them; they are brought already. */
  evaluate(names: string) {
    for (const name of names.split(',')) evaluateAhead(name);
  },
  /** Core modules that scripts may require. */
  coreModuleNames: () => Object.keys(SCRIPT_MODULES),
  dispatch,
  runScript,
  reset,
  defines: definesFunction,
};
