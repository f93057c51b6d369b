// Express re-exports its body parsers. We read bodies ourselves; without them the bundle is a third smaller.
module.exports = {};
