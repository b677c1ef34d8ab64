import { build, installPackages, requireNode } from './toolchain.mjs';

requireNode();
installPackages();
build();
